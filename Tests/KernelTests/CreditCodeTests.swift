import Foundation
import Kernel
import Testing

@Suite struct CreditCodeTests {
    @Test("every reference code is accepted, or refused for the reason in the file")
    func referenceCodes() throws {
        for row in try Facts.rows("uscc.csv") {
            let text = try row.field("code")
            let expected = try row.field("stdnum_error")
            switch Result(catching: { () throws(CreditCodeError) in try CreditCode(text) }) {
            case .success(let code):
                #expect(try row.field("expected") == "valid" && code.text == text, "\(text)")
                #expect(code.warnings.isEmpty, "\(text)")
            case .failure(let error):
                #expect(try row.field("expected") == "invalid", "\(text)")
                #expect(Self.name(of: error) == expected, "\(text)")
            }
        }
    }

    @Test("a wrong check character of the subject code is a warning with the expected character, not an error")
    func innerCheck() throws {
        for row in try Facts.rows("uscc-inner-check.csv") {
            let note = try row.field("note")
            let expected = try #require(note.firstMatch(of: /should be (.);/)?.1.first)
            #expect(try CreditCode(try row.field("code")).warnings == [.subjectCheck(expected: expected)])
        }
    }

    @Test("every change of one character and every swap of neighbours is detected")
    func typingMistakes() throws {
        var random = SplitMix64(for: "typing mistakes in credit codes")
        let reference = try Facts.rows("uscc.csv").filter { $0["expected"] == "valid" }.map { try CreditCode(try $0.field("code")) }
        let codes = try reference + (0..<15).map { _ in try Self.anyCode(&random) }
        var (substitutions, swaps) = (0, 0)
        for code in codes {
            let characters = Array(code.text)
            for place in characters.indices {
                for other in CreditCode.alphabet where other != characters[place] {
                    var changed = characters
                    changed[place] = other
                    // Not #expect for each: sixteen thousand of them are slow.
                    if (try? CreditCode(String(changed))) != nil { Issue.record("\(String(changed)) passes for \(code)") }
                    substitutions += place >= 8 ? 1 : 0
                }
                guard place + 1 < characters.count, characters[place] != characters[place + 1] else { continue }
                var swapped = characters
                swapped.swapAt(place, place + 1)
                #expect((try? CreditCode(String(swapped))) == nil)
                swaps += 1
            }
        }
        #expect(substitutions == 9000 && swaps > 300)
    }

    @Test("a code whose sum divides by 31 ends in 0, not in a character past the alphabet")
    func checkZero() throws {
        let zeros = try Facts.rows("uscc.csv").filter { $0["expected"] == "valid" }.compactMap { $0["code"] }.filter { $0.hasSuffix("0") }
        #expect(!zeros.isEmpty)
        #expect(zeros.allSatisfy { CreditCode.checkCharacter(for: String($0.dropLast())) == "0" })
        #expect(CreditCode.checkCharacter(for: "") == nil && CreditCode.checkCharacter(for: String(repeating: "9", count: 18)) == nil)
        #expect(CreditCode.checkCharacter(for: "9111010500824591I") == nil)
    }

    @Test(
        "the first two characters determine the kind of entity",
        arguments: [
            ("91", EntityKind.enterprise), ("92", .individualBusiness), ("93", .farmersCooperative), ("11", .government),
            ("12", .publicInstitution),
            ("51", .socialGroup), ("52", .privateNonEnterprise), ("53", .foundation), ("31", .lawFirm), ("N1", .ruralCollective),
            ("N2", .ruralCollective), ("N3", .ruralCollective), ("Y1", .other), ("A1", .other),
        ])
    func kinds(prefix: String, kind: EntityKind) throws {
        let body = prefix + "330108MA001N615"
        let code = try CreditCode(body + String(try #require(CreditCode.checkCharacter(for: body))))
        #expect(code.kind == kind)
        #expect(code.registeringDivision == "330108" && code.subjectCode == "MA001N615")
    }

    @Test("a typed code is parsed leniently, any other code strictly")
    func typed() throws {
        let code = try CreditCode("91110105008245918J")
        for text in ["91110105008245918j", " 9111 0105-0082 45918J\n", "９１１１０１０５００８２４５９１８Ｊ", "9111－01050082　45918ｊ"] {
            #expect(try CreditCode(typed: text) == code)
            #expect(throws: CreditCodeError.self) { try CreditCode(text) }
        }
        #expect(throws: CreditCodeError.character(place: 3)) { try CreditCode("91٣10105008245918J") }
        #expect(throws: CreditCodeError.character(place: 1)) { try CreditCode("9\u{301}1110105008245918J") }
        #expect(throws: CreditCodeError.length(0)) { try CreditCode(typed: " - ") }
    }

    @Test("a code is encoded as its text, and an invalid one is a decoding error")
    func coding() throws {
        let code = try CreditCode("91110105008245918J")
        #expect(try JSONDecoder().decode([CreditCode].self, from: JSONEncoder().encode([code])) == [code])
        #expect(
            complaint { _ = try JSONDecoder().decode([CreditCode].self, from: Data(#"["91110105008245918K"]"#.utf8)) }.contains("check"))
    }

    @Test("an invalid code is refused under QUAN-12 in two languages, without the code itself")
    func refusal() {
        let refusal = CreditCodeError.length(19).refusal
        #expect(refusal.clauses == ["QUAN-12"] && refusal.slug == "malformed-credit-code")
        #expect(refusal.message.zh.contains("19") && refusal.message.en.contains("19"))
        #expect(refusal.numbers.map(\.value) == [.integer(19), .integer(18)])
        #expect(CreditCodeError.character(place: 4).refusal.numbers.map(\.value) == [.integer(4)])
    }

    private static func name(of error: CreditCodeError) -> String {
        switch error {
        case .length: "InvalidLength"
        case .character: "InvalidFormat"
        case .check: "InvalidChecksum"
        }
    }

    private static func anyCode(_ random: inout SplitMix64) throws -> CreditCode {
        let division = (0..<6).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
        let subject = (0..<9).compactMap { _ in CreditCode.alphabet.randomElement(using: &random) }
        let body = "91" + division + String(subject)
        return try CreditCode(body + String(try #require(CreditCode.checkCharacter(for: body))))
    }
}
