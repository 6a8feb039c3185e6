import Foundation
import Kernel
import Testing

@Suite struct PaperTests {
    @Test("every reference bank code is accepted or refused as in the file")
    func bankCodes() throws {
        for row in try Facts.rows("cnaps.csv") {
            let text = try row.field("code")
            #expect(((try? BankCode(text)) != nil) == (row["expected"] == "valid"), "\(row)")
        }
        let code = try BankCode("313331000014")
        #expect(code.bank == "313" && code.area == "3310")
        #expect(try JSONDecoder().decode([BankCode].self, from: JSONEncoder().encode([code])) == [code])
    }

    @Test("every change of one digit of a bank code is detected")
    func bankCodeMistakes() throws {
        for text in try Facts.rows("cnaps.csv").filter({ $0["expected"] == "valid" }).compactMap({ $0["code"] }) {
            for place in 0..<12 {
                for digit in "0123456789" {
                    var characters = Array(text)
                    guard characters[place] != digit else { continue }
                    characters[place] = digit
                    #expect(throws: BankCodeError.check) { try BankCode(String(characters)) }
                }
            }
        }
        #expect(throws: BankCodeError.character(place: 2)) { try BankCode("1A2100099996") }
        #expect(throws: BankCodeError.character(place: 12)) { try BankCode("10210009999６") }
        #expect(throws: BankCodeError.length(13)) { try BankCode("1021000999960") }
    }

    @Test("every reference invoice number is valid, invalid or suspicious as in the file, and of the kind in the file")
    func invoices() throws {
        for row in try Facts.rows("invoice-examples.csv") {
            let number = try? InvoiceNumber(code: try row.field("invoice_code"), number: try row.field("invoice_number"))
            guard let form = number?.form(inYear: 2026) else {
                #expect(row["expected"] == "invalid", "\(row)")
                continue
            }
            #expect((form.suspicions.isEmpty ? "valid" : "suspicious") == row["expected"], "\(row)")
            let kind = try row.field("kind")
            #expect(kind.isEmpty || form.kind?.name == kind, "\(row)")
        }
        #expect(try InvoiceNumber(number: "27112000000000000016").form(inYear: 2026).suspicions == [.yearInFuture(twoDigits: 27)])
        #expect(try InvoiceNumber(number: "27112000000000000016").form(inYear: 2027).suspicions.isEmpty)
        let strange = try InvoiceNumber(code: "011002600199", number: "00000014").form(inYear: 2026)
        #expect(strange.kind == nil && strange.twoDigitYear == 26 && strange.suspicions == [.unknownKind("99")])
    }

    @Test("digits are an invoice number exactly in the reference forms")
    func invoiceForms() throws {
        var random = SplitMix64(for: "invoice forms")
        let rows = try Facts.rows("invoice-forms.csv")
        #expect(rows.count == 5)
        let forms = try rows.map { try Regex($0.field("regex")) }
        for _ in 0..<5000 {
            let length = Int.random(in: 0...21, using: &random)
            let text = String((0..<length).compactMap { _ in "0011223456789".randomElement(using: &random) })
            let matches = forms.map { text.wholeMatch(of: $0) != nil }
            // In the file's order: 20 digits alone, codes of 10 and of 12, numbers of 8, check codes of 20.
            #expect(((try? InvoiceNumber(number: text)) != nil) == matches[0], "\(text)")
            if !text.isEmpty {
                #expect(((try? InvoiceNumber(code: text, number: "00000001")) != nil) == (matches[1] || matches[2]), "\(text)")
            }
            #expect(((try? InvoiceNumber(code: "1100261130", number: text)) != nil) == matches[3], "\(text)")
            #expect(InvoiceNumber.isCheckCodeForm(text) == matches[4], "\(text)")
        }
    }

    @Test(
        "the kind of an invoice follows from its code",
        arguments: [
            ("1100261130", InvoiceKind.special), ("1100261530", .special), ("1100261330", .ordinary), ("1100261630", .ordinary),
            ("1100261230", .transport), ("1100261730", .transport), ("011002600104", .foldedOrdinary), ("011002600105", .foldedOrdinary),
            ("011002600106", .roll), ("011002600107", .roll), ("011002600111", .electronicOrdinary), ("011002600112", .electronicToll),
            ("011002600113", .electronicSpecial), ("144032609110", .blockchain), ("1100261030", nil), ("011002600100", nil),
        ])
    func invoiceKinds(code: String, kind: InvoiceKind?) throws {
        let form = try InvoiceNumber(code: code, number: "00000001").form(inYear: 2026)
        #expect(form.kind == kind && form.twoDigitYear == 26)
    }

    @Test("a malformed invoice number names the wrong part, in code and in JSON")
    func invoiceErrors() throws {
        #expect(throws: InvoiceError.notDigits) { try InvoiceNumber(number: "2611200000000000000１") }
        #expect(throws: InvoiceError.codeLength(11)) { try InvoiceNumber(code: "01100260011", number: "00000012") }
        #expect(throws: InvoiceError.numberLengthUnderCode(20)) { try InvoiceNumber(code: "011002600111", number: "26112000000000000001") }
        #expect(throws: InvoiceError.numberLength(0)) { try InvoiceNumber(number: "") }
        #expect(throws: InvoiceError.codeBeginning) { try InvoiceNumber(code: "211002600111", number: "00000001") }
        let json = #"[{"number":"26112000000000000001"},{"code":"1100261130","number":"00000005"}]"#
        let numbers = try JSONDecoder().decode([InvoiceNumber].self, from: Data(json.utf8))
        #expect(try JSONDecoder().decode([InvoiceNumber].self, from: JSONEncoder().encode(numbers)) == numbers)
        #expect(
            complaint { _ = try JSONDecoder().decode([InvoiceNumber].self, from: Data(#"[{"number":"12"}]"#.utf8)) }.contains("2 digits"))
    }
}
