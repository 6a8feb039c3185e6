import Foundation
import Kernel
import Messages
import Messaging
import Programme
import RedemptionDomain
import Testing

@Suite("Papers are used once, exact, and not dated in the future")
struct PaperConsistencyTests {
    @Test("BJ26-36: the receipts must equal the enterprise's own share; a higher payment is refused unless the difference was refunded")
    func exactShare() throws {
        var papers = Papers()
        for fen in [yuan(100_000), Fen(7_000_001)] {
            papers.receipts[0].fen = fen
            try expectApplying(papers, refusedBy: "BJ26-36", unless: TestProgrammes.beijing2026().without("enterprise-pays-the-rest"))
        }
        papers.receipts[0].fen = yuan(100_000)
        papers.refunds = [("2026-05-13", yuan(30_000))]
        papers.documents.append("refund-proof")
        let scenario = try RedemptionScenario.applied(nil, papers)
        #expect(scenario.state == "in-review")
        #expect(scenario.last?.event.redemption.flags.map(\.kind) == ["refund-stated"])
        papers.refunds[0].fen = Fen(2_999_999)
        #expect(refusal { _ = try RedemptionScenario.applied(nil, papers) }?.clauses.first == "BJ26-36")
    }

    @Test("BJ26-36: a refund needs a proof, goes from the institution to the enterprise, and is not dated before the receipt")
    func refundProved() throws {
        var papers = Papers()
        papers.receipts[0].fen = yuan(100_000)
        papers.refunds = [("2026-05-13", yuan(30_000))]
        #expect(refusal { _ = try RedemptionScenario.applied(nil, papers) }?.slug == "document-refund-proof-missing")
        papers.documents.append("refund-proof")
        papers.refunds[0].on = "2026-05-11"
        try expectApplying(papers, refusedBy: "BJ26-36", unless: TestProgrammes.beijing2026().without("refund-between-the-parties"))
    }

    @Test("QUAN-39: a repeated receipt is refused; equal instalments of one day are distinguished by their slip numbers")
    func receiptOnce() throws {
        var papers = Papers()
        papers.receipts = [("2026-05-12", yuan(35_000), papers.buyer), ("2026-05-12", yuan(35_000), papers.buyer)]
        for slips in [[], ["A1"], ["A1", "a 1"], ["A1", "Ａ１"]] {
            papers.slips = slips
            #expect(refusal { _ = try RedemptionScenario.applied(nil, papers) }?.clauses.first == "QUAN-39", "\(slips)")
        }
        papers.slips = ["A1", "A2"]
        #expect(try RedemptionScenario.applied(nil, papers).state == "in-review")
    }

    @Test("QUAN-39: a slip of another redemption is refused; the redemption's own slip can be submitted again")
    func slipOfAnother() throws {
        var papers = Papers()
        papers.slips = ["2026-0512-77"]
        var scenario = try RedemptionScenario.opened(nil, papers)
        scenario.around.receipts = ReceiptUses(numbers: ["2026051277": UUID()])
        #expect(refusal { try scenario.apply(at: beijing("2026-05-15")) }?.clauses.first == "QUAN-39")
        scenario.around.receipts = ReceiptUses(numbers: ["2026051277": papers.orderID])
        try scenario.apply(at: beijing("2026-05-15"))
        #expect(scenario.state == "in-review")
    }

    @Test("QUAN-34: a contract, receipt, invoice or refund dated after the day of submission is refused")
    func future() throws {
        let changes: [(inout Papers) -> Void] = [
            { $0.signedOn = "2026-05-16" }, { $0.receipts[0].on = "2099-01-01" }, { $0.invoices[0].on = "2026-05-16" },
            {
                $0.receipts[0].fen = yuan(100_000)
                $0.refunds = [("2026-05-16", yuan(30_000))]
                $0.documents.append("refund-proof")
            },
        ]
        for change in changes {
            var papers = Papers()
            change(&papers)
            let refused = refusal { _ = try RedemptionScenario.applied(nil, papers, at: "2026-05-15") }
            #expect(refused?.clauses.first == "QUAN-34")
            #expect(refused?.numbers.map(\.value).contains(.text("2026-05-15")) ?? false)
        }
        var papers = Papers()
        papers.receipts[0].on = "2026-05-15"
        #expect(try RedemptionScenario.applied(nil, papers, at: "2026-05-15").state == "in-review")
    }

    @Test("QUAN-32: one file for several documents is refused, and so is a file of another redemption; its own can be submitted again")
    func fileOnce() throws {
        var scenario = try RedemptionScenario.opened()
        let one = ["contract", "receipt", "invoice"].map {
            RedemptionPaper(document: $0, file: Papers.hash("contract"), fileName: "a.pdf")
        }
        let command = ApplyRedemption(orderID: scenario.papers.orderID, papers: one, facts: try scenario.papers.facts())
        #expect(refusal { try scenario.apply(command, at: beijing("2026-05-15")) }?.clauses.first == "QUAN-32")
        scenario.around.fileOwners = [Papers.hash("receipt"): UUID()]
        #expect(refusal { try scenario.apply(at: beijing("2026-05-15")) }?.clauses.first == "QUAN-32")
        scenario.around.fileOwners = [Papers.hash("receipt"): scenario.papers.orderID]
        try scenario.apply(at: beijing("2026-05-15"))
        #expect(scenario.state == "in-review")
    }

    @Test("QUAN-33: a file uploaded by another organisation is refused, in a waiver too", arguments: ["receipt", "waiver-statement"])
    func fileOfAnother(document: String) throws {
        var scenario = try RedemptionScenario.opened()
        scenario.around.files[Papers.hash(document)] = PaperFile(byteCount: 1, kind: "pdf", isOwn: false)
        let refused = refusal {
            if document == "receipt" { return try scenario.apply(at: beijing("2026-05-15")) }
            let statement = RedemptionPaper(document: document, file: Papers.hash(document), fileName: "a.pdf")
            try scenario.take(.waive, .institution, papers: [statement], at: beijing("2026-05-15"))
        }
        #expect(refused?.clauses.first == "QUAN-33")
    }

    @Test("the event of the largest permitted application fits in one message")
    func fitsMessage() throws {
        let text = String(repeating: "\u{1F9FE}", count: 200)
        let day = try day("2026-05-12")
        let number = String(repeating: "\u{1F9FE}", count: 64)
        let code = String(repeating: "x", count: 64)
        let facts = RedemptionFacts(
            contract: ContractReading(
                productName: text, enterpriseName: text, institutionName: text, signedOn: day, serviceFrom: day, serviceThrough: day,
                totalFen: .max, priceFen: .max, voucherFen: .max, selfPaidFen: .max, tableOrderNumber: text, tableOrderedOn: day,
                tableProductName: text),
            receipts: [ReceiptReading](
                repeating: ReceiptReading(paidOn: day, amountFen: .max, payerName: text, payeeName: text, number: number),
                count: RedemptionBounds.mostReceipts),
            invoices: [InvoiceReading](
                repeating: InvoiceReading(
                    code: number, number: number, issuedOn: day, totalFen: .max, kind: .electronicOrdinary, buyerName: text,
                    sellerName: text), count: RedemptionBounds.mostInvoices),
            refunds: [RefundReading](
                repeating: RefundReading(paidOn: day, amountFen: .max, payerName: text, payeeName: text),
                count: RedemptionBounds.mostRefunds)
        )
        let papers = [RedemptionPaper](
            repeating: RedemptionPaper(document: code, file: Papers.hash("a"), fileName: text), count: RedemptionBounds.mostPapers)
        // Two flags per invoice, one per receipt, and one for all refunds; a number of the known formats has at most 32 characters.
        let flag = RedemptionFlag(
            kind: code, text: LocalisedText(zh: String(repeating: "字", count: 80), en: String(repeating: "x", count: 120)))
        let order = try Papers().order()
        let event = try RedemptionChanged(
            redemption: RedemptionSnapshot(
                orderID: order.orderID, orderNumber: text, programmeID: code, programmeVersion: .max, institutionID: order.institutionID,
                institutionName: text, enterpriseID: order.enterpriseID, enterpriseName: text, productID: order.productID,
                productName: text, state: code, reservedFen: .max, papers: papers, facts: facts,
                flags: [RedemptionFlag](repeating: flag, count: 2 * RedemptionBounds.mostInvoices + RedemptionBounds.mostReceipts + 1)),
            step: code, from: code, reason: String(repeating: "\u{1F9FE}", count: 500), at: beijing("2026-05-12"))
        let bytes = try MessageBody.encode(event).count
        #expect(bytes < PlatformRule.messageLimitBytes - 64 * 1024, "\(bytes) bytes")
    }
}
