import Foundation
import ISO20022
import Kernel
import Testing

@Suite("Documents of ISO 20022")
struct DocumentTests {
    private let at = Date(timeIntervalSince1970: 1_788_220_800)
    private var transfer: CreditTransfer {
        CreditTransfer(
            id: UUID(), amountFen: Fen(3_000_005),
            payer: BankAccount(name: "北京市财政局", number: "0200000000000000000", bankCode: "102100099996"),
            payee: BankAccount(name: "A&B <数智> \"服务\"", number: "6222-0202", bankCode: "103100000026"), remittance: "服务券兑付", createdAt: at)
    }

    @Test("a payment is parsed as it was written, with any characters in its names")
    func creditTransfer() throws {
        let transfer = transfer
        #expect(try CreditTransfer(document: transfer.document) == transfer)
        #expect(transfer.document.contains("<InstdAmt Ccy=\"CNY\">30000.05</InstdAmt>"))
    }

    @Test("an incomplete payment, one in another currency, and two payments are refused")
    func notAPayment() throws {
        let document = transfer.document
        for wrong in [
            document.replacing("CNY", with: "USD"), document.replacing("EndToEndId", with: "OtherId"),
            document.replacing("30000.05", with: "3e4"),
            document.replacing("</PmtInf>", with: document.between("<CdtTrfTxInf>", "</CdtTrfTxInf>") + "</PmtInf>"), "", "<a>", "<a/><b/>",
            "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "<a>&b;</a>", "<a><b></a></b>",
        ] {
            #expect(throws: XMLFault.self) { try CreditTransfer(document: wrong) }
        }
    }

    @Test("statuses are parsed as they were written, in order")
    func statuses() throws {
        let all = [
            PaymentStatus(id: UUID(), code: .settled, reference: "BK1", amountFen: Fen(1), at: at),
            PaymentStatus(id: UUID(), code: .rejected, reasonCode: "AC01", reason: "账号户名不符", at: at),
            PaymentStatus(id: UUID(), code: .pending, at: at),
        ]
        let document = PaymentStatus.document(all, id: "A0", at: at)
        #expect(try PaymentStatus.reading(Array(document.utf8)) == PaymentStatus.Report(statuses: all))
        let empty = PaymentStatus.document([], id: "A0", at: at)
        #expect(try PaymentStatus.reading(Array(empty.utf8)) == PaymentStatus.Report())
    }

    @Test("a statement is parsed as it was written; one with an unreadable booking is refused")
    func statement() throws {
        let statement = AccountStatement(
            id: "STMT-2", account: "0200", createdAt: at,
            bookings: [
                AccountStatement.Booking(reference: "BK1", endToEndID: UUID().compact, amountFen: Fen(100), at: at),
                AccountStatement.Booking(reference: "BK2", endToEndID: "手工转账", amountFen: Fen(250), at: at),
            ])
        let rules = StatementRules(account: "0200")
        #expect(try AccountStatement.reading(Array(statement.document.utf8), rules: rules) == [statement])
        #expect(throws: XMLFault.self) {
            try AccountStatement.reading(Array(statement.document.replacing("2.50", with: "2,5").utf8), rules: rules)
        }
    }

    @Test("a document of random markup is refused without a crash")
    func noise() {
        var bytes: UInt64 = 7
        for _ in 0..<2000 {
            let text = (0..<40).map { _ -> String in
                bytes = bytes &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return ["<", ">", "/", "a", "=", "\"", "&", ";", " ", "<!--", "-->", "<a>", "</a>", "\u{0}", "账"][Int(bytes >> 33) % 15]
            }.joined()
            // Nothing in the text closes the first element.
            #expect(throws: XMLFault.self) { try XMLElement(reading: "<b>" + text) }
        }
    }
}

extension String {
    fileprivate func between(_ start: String, _ end: String) -> String {
        guard let from = range(of: start), let to = range(of: end) else { return "" }
        return String(self[from.lowerBound..<to.upperBound])
    }
}
