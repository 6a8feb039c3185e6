import Foundation
import Kernel
import Programme
import Testing

@Suite("Consistency of papers")
struct CheckTests {
    static let apply = StepReference("redemption", "apply")

    /// Valid papers and order of a redemption.
    static func papers() throws -> Facts {
        let signed = try day("2026-05-10")
        return Facts()
            .with("order", "number", .text("BJ26-000017")).with("order", "placedOn", .date(try day("2026-05-08")))
            .with("order", "firstPlacedOn", .date(try day("2026-05-02"))).with("order", "productName", .text("云 ERP（标准版）"))
            .with("order", "voucher", .amount(yuan(30_000))).with("order", "enterpriseName", .text("甲公司"))
            .with("order", "institutionName", .text("乙公司")).with("order", "guideLow", .amount(yuan(80_000)))
            .with("order", "guideHigh", .amount(yuan(120_000))).with("contract", "productName", .text(" 云 ERP（标准版）　"))
            .with("contract", "enterpriseName", .text("甲公司")).with("contract", "institutionName", .text("乙公司"))
            .with("contract", "signedOn", .date(signed)).with("contract", "serviceFrom", .date(signed))
            .with("contract", "total", .amount(yuan(100_000))).with("contract", "price", .amount(yuan(100_000)))
            .with("contract", "voucher", .amount(yuan(30_000))).with("contract", "selfPaid", .amount(yuan(70_000)))
            .with("contract", "tableOrderNumber", .text("BJ26-000017")).with("contract", "tableOrderedOn", .date(try day("2026-05-08")))
            .with("contract", "tableProductName", .text("云 ERP（标准版）")).with("receipt", "total", .amount(yuan(70_000)))
            .with("receipt", "net", .amount(yuan(70_000)))
            .with("receipt", "firstPaidOn", .date(signed)).with("receipt", "payerName", .text("甲公司"))
            .with("receipt", "payeeName", .text("乙公司")).with("invoice", "total", .amount(yuan(100_000)))
            .with("invoice", "firstIssuedOn", .date(signed)).with("invoice", "buyerName", .text("甲公司"))
            .with("invoice", "sellerName", .text("乙公司"))
    }

    struct Case: Sendable {
        let clause: String
        let slug: String
        let field: FieldName
        let value: FactValue
    }

    static func cases() throws -> [Case] {
        [
            Case(clause: "BJ26-31", slug: "contract-other-product", field: FieldName("contract", "productName"), value: .text("云ERP(专业版)")),
            Case(
                clause: "BJ26-32", slug: "contract-amounts-do-not-add-up", field: FieldName("contract", "selfPaid"),
                value: .amount(Fen(6_999_999))),
            Case(
                clause: "BJ26-33", slug: "contract-before-order", field: FieldName("contract", "signedOn"),
                value: .date(try day("2026-05-01"))),
            Case(
                clause: "BJ26-33", slug: "service-before-order", field: FieldName("contract", "serviceFrom"),
                value: .date(try day("2026-05-01"))),
            Case(
                clause: "BJ26-34", slug: "contract-table-differs", field: FieldName("contract", "tableOrderNumber"),
                value: .text("BJ26-000018")),
            Case(clause: "BJ26-36", slug: "enterprise-share-differs", field: FieldName("receipt", "net"), value: .amount(Fen(6_999_999))),
            Case(clause: "BJ26-36", slug: "enterprise-share-differs", field: FieldName("receipt", "net"), value: .amount(Fen(7_000_001))),
            Case(
                clause: "BJ26-39", slug: "receipt-before-contract", field: FieldName("receipt", "firstPaidOn"),
                value: .date(try day("2026-05-09"))),
            Case(
                clause: "BJ26-39", slug: "invoice-before-contract", field: FieldName("invoice", "firstIssuedOn"),
                value: .date(try day("2026-05-09"))),
            Case(
                clause: "BJ26-39", slug: "invoice-differs-from-contract", field: FieldName("invoice", "total"), value: .amount(yuan(70_000))
            ),
            Case(clause: "BJ26-39", slug: "parties-differ", field: FieldName("invoice", "buyerName"), value: .text("丙公司")),
            Case(clause: "BJ26-43", slug: "price-outside-guide", field: FieldName("contract", "price"), value: .amount(Fen(12_000_001))),
        ]
    }

    @Test(
        "BJ26-31: a name is the same to the letter; only the Unicode form and blanks at the edges do not count",
        arguments: [("e\u{301}RP （标准版）\n", true), ("\u{e9}RP （标准版）", true), ("éRP(标准版)", false), ("éRP（标准版）", false), ("ÉRP （标准版）", false)])
    func names(_ name: String, _ passes: Bool) throws {
        let programme = try Files.beijing2026().programme
        let facts = try Self.papers().with("order", "productName", .text("éRP （标准版）")).with("contract", "productName", .text(name))
            .with("contract", "tableProductName", .text("éRP （标准版）"))
        let refusals = programme.refusals(at: Self.apply, facts, Circumstances(now: try beijing("2026-06-01")))
        #expect(refusals.map(\.slug) == (passes ? [] : ["contract-other-product"]))
    }

    @Test("valid papers pass, with any blanks at the edges of names")
    func nothingWrong() throws {
        let programme = try Files.beijing2026().programme
        let now = Circumstances(now: try beijing("2026-06-01"))
        #expect(programme.refusals(at: Self.apply, try Self.papers(), now) == [])
    }

    @Test("each clause refuses papers that violate it, to the day and the fen, and without the clause they pass", arguments: 0..<11)
    func clause(_ index: Int) throws {
        let test = try Self.cases()[index]
        let programme = try Files.beijing2026().programme
        let now = Circumstances(now: try beijing("2026-06-01"))
        var facts = try Self.papers()
        facts[test.field] = test.value
        let refusals = programme.refusals(at: Self.apply, facts, now)
        #expect(refusals.map(\.slug) == [test.slug])
        #expect(refusals.first?.clauses.first == test.clause)
        #expect(!(refusals.first?.numbers.isEmpty ?? true))
        let without = programme.without(clause: test.clause)
        #expect(!without.removed.isEmpty)
        #expect(without.programme.refusals(at: Self.apply, facts, now) == [])
    }

    @Test(
        "the bounds of the guide price are inclusive", arguments: [(80_000, true), (120_000, true), (79_999, false), (120_001, false)])
    func guidePrice(_ price: Int64, _ passes: Bool) throws {
        let programme = try Files.beijing2026().programme
        let facts = try Self.papers().with("contract", "price", .amount(yuan(price)))
        let refusals = programme.refusals(at: Self.apply, facts, Circumstances(now: try beijing("2026-06-01")))
        #expect(refusals.isEmpty == passes)
    }

    @Test("Guangzhou: the transfer is at least half of the invoice, and at least the invoice minus the voucher")
    func transfers() throws {
        let programme = try Files.sample("guangzhou-2020").programme
        let now = Circumstances(now: try beijing("2020-06-01"))
        let invoice = Facts().with("invoice", "total", .amount(yuan(100_000)))
        func outcome(_ rule: String, _ transfer: Int64, voucher: Int64) throws -> Bool {
            let facts = invoice.with("transfer", "total", .amount(Fen(transfer))).with("order", "voucher", .amount(yuan(voucher)))
            return programme.outcome(of: try #require(programme.rule(rule)), facts, now) == .holds
        }
        #expect(try outcome("transfer-half", 5_000_000, voucher: 20_000))
        #expect(try !outcome("transfer-half", 4_999_999, voucher: 20_000))
        #expect(try outcome("transfer-rest", 8_000_000, voucher: 20_000))
        #expect(try !outcome("transfer-rest", 7_999_999, voucher: 20_000))
    }

    @Test("Guangzhou: a purchase before the first day or after the last is outside the window")
    func window() throws {
        let programme = try Files.sample("guangzhou-2020").programme
        let rule = try #require(programme.rule("contract-start-inside"))
        for (date, holds) in [("2019-11-30", false), ("2019-12-01", true), ("2020-11-30", true), ("2020-12-01", false)] {
            let facts = Facts().with("contract", "serviceFrom", .date(try day(date)))
            let outcome = programme.outcome(of: rule, facts, Circumstances(now: try beijing("2020-06-01")))
            #expect((outcome == .holds) == holds, "\(date)")
        }
    }
}
