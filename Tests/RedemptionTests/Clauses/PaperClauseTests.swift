import Foundation
import Kernel
import Messages
import Programme
import Testing

@testable import RedemptionDomain

@Suite("Clauses about receipts, invoices and papers")
struct PaperClauseTests {
    @Test("BJ26-36: all receipts together must equal the price less the subsidy, to the fen")
    func paysTheRest() throws {
        var papers = Papers()
        papers.receipts = [("2026-05-12", yuan(40_000), papers.buyer), ("2026-05-13", Fen(2_999_999), papers.buyer)]
        try expectApplying(papers, refusedBy: "BJ26-36", unless: TestProgrammes.beijing2026().without("enterprise-pays-the-rest"))
        papers.receipts[1].fen = yuan(30_000)
        #expect(try RedemptionScenario.applied(nil, papers).state == "in-review")
    }

    @Test("BJ26-39: contract, receipt and invoice are required", arguments: ["contract", "receipt", "invoice"])
    func complete(document: String) throws {
        var papers = Papers()
        papers.documents.removeAll { $0 == document }
        var altered = try TestProgrammes.beijing2026()
        for index in altered.documents.indices where altered.documents[index].id == document { altered.documents[index].need = .optional }
        try expectApplying(papers, refusedBy: "BJ26-39", unless: altered)
    }

    @Test("BJ26-39: receipts and invoices must not be dated before the contract, to the day", arguments: [true, false])
    func notBeforeContract(isReceipt: Bool) throws {
        var papers = Papers()
        if isReceipt {
            papers.receipts[0].fen = Fen(papers.receipts[0].fen.rawValue - 1)
            papers.receipts.append(("2026-05-09", Fen(1), papers.buyer))
        } else {
            papers.invoices = [("2026-05-12", yuan(99_999), "26112000000000000001"), ("2026-05-09", yuan(1), "26112000000000000002")]
        }
        let rule = isReceipt ? "receipt-after-contract" : "invoice-after-contract"
        try expectApplying(papers, refusedBy: "BJ26-39", unless: TestProgrammes.beijing2026().without(rule))
    }

    @Test("BJ26-39: the invoices must cover the full contract amount, to the fen (IN-20)")
    func invoiceCovers() throws {
        var papers = Papers()
        papers.invoices[0].fen = Fen(9_999_999)
        try expectApplying(papers, refusedBy: "BJ26-39", unless: TestProgrammes.beijing2026().without("invoice-covers-contract"))
    }

    @Test("BJ26-39: every receipt must be from the enterprise of the order")
    func parties() throws {
        var papers = Papers()
        papers.receipts = [("2026-05-12", yuan(69_999), papers.buyer), ("2026-05-12", yuan(1), "某某咨询有限公司")]
        try expectApplying(papers, refusedBy: "BJ26-39", unless: TestProgrammes.beijing2026().without("parties-agree"))
    }

    @Test("QUAN-26: an invoice counts once over all orders and programmes, and within an application")
    func invoiceOnce() throws {
        let number = try InvoiceNumber(number: "26112000000000000001")
        var scenario = try RedemptionScenario.opened()
        scenario.around.invoiceOwners = [number: UUID()]
        let elsewhere = refusal { try scenario.apply(at: beijing("2026-05-15")) }
        #expect(elsewhere?.clauses.first == "QUAN-26")
        #expect(elsewhere?.numbers.map(\.value).contains(.text("26112000000000000001")) ?? false)
        scenario.around.invoiceOwners = [number: scenario.papers.orderID]
        try scenario.apply(at: beijing("2026-05-15"))
        #expect(scenario.state == "in-review", "its own invoice can be submitted again")

        var papers = Papers()
        papers.invoices = [("2026-05-12", yuan(50_000), number.number), ("2026-05-12", yuan(50_000), number.number)]
        #expect(refusal { _ = try RedemptionScenario.applied(nil, papers) }?.clauses.first == "QUAN-26")
    }

    @Test("an invoice number of unknown format is refused with a reason")
    func invoiceForm() throws {
        var papers = Papers()
        papers.invoices[0].number = "1234567"
        #expect(refusal { _ = try RedemptionScenario.applied(nil, papers) }?.clauses.first == "QUAN-01")
    }

    @Test("QUAN-25: a paper that is not in the file store is refused")
    func notStored() throws {
        var scenario = try RedemptionScenario.opened()
        scenario.around.files[Papers.hash("invoice")] = nil
        #expect(refusal { try scenario.apply(at: beijing("2026-05-15")) }?.clauses.first == "QUAN-25")
    }

    @Test("a receipt similar to another order's and an invoice numbered for a future year are flagged for the reviewer, not refused")
    func flags() throws {
        var scenario = try RedemptionScenario.opened()
        var papers = scenario.papers
        let likeness = try papers.facts().receipts[0].likeness
        scenario.around.receipts = ReceiptUses(alike: [likeness: [UUID(), scenario.papers.orderID]])
        papers.invoices[0].number = "99112000000000000001"
        try scenario.apply(try papers.command(), at: beijing("2026-05-15"))
        #expect(scenario.last?.event.redemption.flags.map(\.kind) == ["receipt-alike-elsewhere", "invoice-year-ahead"])
    }

    @Test("the paper rules of a programme are enforced: formats, size of a kind, one file per document")
    func paperRules() throws {
        for (kind, clause) in [(PaperRule.Kind.formats(["ofd"]), "BJ26-39"), (.size(bytes: 999), "BJ26-39"), (.oneFileEach, "BJ26-39")] {
            var altered = try TestProgrammes.beijing2026()
            guard var rule = altered.paperRules.first else { throw TextNotFound(text: "paperRules") }
            (rule.kind, rule.documents, rule.citation) = (kind, ["contract"], Citation([clause]))
            altered.paperRules = [rule]
            var papers = Papers()
            if kind == .oneFileEach {
                papers.further = [RedemptionPaper(document: "contract", file: Papers.hash("second-contract"), fileName: "b.pdf")]
            }
            #expect(refusal { _ = try RedemptionScenario.applied(altered, papers) }?.clauses.first == clause)
            #expect(try RedemptionScenario.applied(nil, papers).state == "in-review")
        }
    }

    @Test("BJ26-66: a later notice on papers is a new programme version; an order keeps the version it was placed under")
    func laterNotice() throws {
        let more = """
              - {id: acceptance-report, zh: 验收报告, en: Acceptance report, by: institution, at: [redemption.apply, redemption.resubmit], clauses: [BJ26-66]}
              - {id: waiver-statement
            """
        let second = try TestProgrammes.source(replacing: [("version: 1\n", "version: 2\n"), ("  - {id: waiver-statement", more)]).load()
            .programme
        #expect(second.version == 2)
        #expect(try RedemptionScenario.applied().state == "in-review")
        #expect(refusal { _ = try RedemptionScenario.applied(second) }?.clauses.first == "BJ26-66")
        var papers = Papers()
        papers.documents.append("acceptance-report")
        #expect(try RedemptionScenario.applied(second, papers).state == "in-review")
    }
}
