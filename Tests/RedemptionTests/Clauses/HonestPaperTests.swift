import Foundation
import Kernel
import Messages
import Messaging
import Programme
import RedemptionDomain
import Testing

@Suite("Papers that are handed in once, exact and not of the future")
struct HonestPaperTests {
    @Test("BJ26-36: the enterprise's own share is exact: the full price, or a fen more, is refused unless the rest was paid back")
    func exactShare() throws {
        var papers = Papers()
        for fen in [yuan(100_000), Fen(7_000_001)] {
            papers.receipts[0].fen = fen
            try expectApplying(papers, refusedBy: "BJ26-36", unless: Files.beijing2026().without("enterprise-pays-the-rest"))
        }
        papers.receipts[0].fen = yuan(100_000)
        papers.refunds = [("2026-05-13", yuan(30_000))]
        papers.documents.append("refund-proof")
        let scene = try Scene.applied(nil, papers)
        #expect(scene.state == "in-review")
        #expect(scene.last?.event.redemption.flags.map(\.kind) == ["refund-stated"])
        papers.refunds[0].fen = Fen(2_999_999)
        #expect(refusal { _ = try Scene.applied(nil, papers) }?.clauses.first == "BJ26-36")
    }

    @Test("BJ26-36: a payment back is proved by a paper, goes from the institution to the enterprise, and is not before the receipt")
    func refundProved() throws {
        var papers = Papers()
        papers.receipts[0].fen = yuan(100_000)
        papers.refunds = [("2026-05-13", yuan(30_000))]
        #expect(refusal { _ = try Scene.applied(nil, papers) }?.slug == "document-refund-proof-missing")
        papers.documents.append("refund-proof")
        papers.refunds[0].on = "2026-05-11"
        try expectApplying(papers, refusedBy: "BJ26-36", unless: Files.beijing2026().without("refund-between-the-parties"))
    }

    @Test("QUAN-39: one receipt three times is refused; two equal instalments of one day are told apart by the numbers of their slips")
    func receiptOnce() throws {
        var papers = Papers()
        papers.receipts = [("2026-05-12", yuan(35_000), papers.buyer), ("2026-05-12", yuan(35_000), papers.buyer)]
        for slips in [[], ["A1"], ["A1", "a 1"], ["A1", "Ａ１"]] {
            papers.slips = slips
            #expect(refusal { _ = try Scene.applied(nil, papers) }?.clauses.first == "QUAN-39", "\(slips)")
        }
        papers.slips = ["A1", "A2"]
        #expect(try Scene.applied(nil, papers).state == "in-review")
    }

    @Test("QUAN-39: a slip that another redemption used is refused, its own may stand in it again")
    func slipOfAnother() throws {
        var papers = Papers()
        papers.slips = ["2026-0512-77"]
        var scene = try Scene.opened(nil, papers)
        scene.around.receipts = ReceiptUses(numbers: ["2026051277": UUID()])
        #expect(refusal { try scene.apply(at: beijing("2026-05-15")) }?.clauses.first == "QUAN-39")
        scene.around.receipts = ReceiptUses(numbers: ["2026051277": papers.orderID])
        try scene.apply(at: beijing("2026-05-15"))
        #expect(scene.state == "in-review")
    }

    @Test("QUAN-34: no contract, receipt, invoice or payment back is dated later than the day it is handed in; that day is taken")
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
            let refused = refusal { _ = try Scene.applied(nil, papers, at: "2026-05-15") }
            #expect(refused?.clauses.first == "QUAN-34")
            #expect(refused?.numbers.map(\.value).contains(.text("2026-05-15")) ?? false)
        }
        var papers = Papers()
        papers.receipts[0].on = "2026-05-15"
        #expect(try Scene.applied(nil, papers, at: "2026-05-15").state == "in-review")
    }

    @Test("QUAN-32: one file as contract, receipt and invoice is refused, and one that another redemption used; its own may stay")
    func fileOnce() throws {
        var scene = try Scene.opened()
        let one = ["contract", "receipt", "invoice"].map {
            RedemptionPaper(document: $0, file: Papers.hash("contract"), fileName: "a.pdf")
        }
        let command = ApplyRedemption(orderID: scene.papers.orderID, papers: one, facts: try scene.papers.facts())
        #expect(refusal { try scene.apply(command, at: beijing("2026-05-15")) }?.clauses.first == "QUAN-32")
        scene.around.fileOwners = [Papers.hash("receipt"): UUID()]
        #expect(refusal { try scene.apply(at: beijing("2026-05-15")) }?.clauses.first == "QUAN-32")
        scene.around.fileOwners = [Papers.hash("receipt"): scene.papers.orderID]
        try scene.apply(at: beijing("2026-05-15"))
        #expect(scene.state == "in-review")
    }

    @Test("QUAN-33: a file that another organisation uploaded is refused, in a waiver too", arguments: ["receipt", "waiver-statement"])
    func fileOfAnother(document: String) throws {
        var scene = try Scene.opened()
        scene.around.files[Papers.hash(document)] = PaperFile(byteCount: 1, kind: "pdf", isOwn: false)
        let refused = refusal {
            if document == "receipt" { return try scene.apply(at: beijing("2026-05-15")) }
            let statement = RedemptionPaper(document: document, file: Papers.hash(document), fileName: "a.pdf")
            try scene.take(.waive, .institution, papers: [statement], at: beijing("2026-05-15"))
        }
        #expect(refused?.clauses.first == "QUAN-33")
    }

    @Test("an application of the most papers, receipts, invoices and payments back, of the longest texts, is told in one message")
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
        // Two of an invoice, one of a receipt, and one of all refunds; a number of the known forms has 32 characters at most.
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
