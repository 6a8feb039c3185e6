import Foundation
import Kernel
import Messages

extension MessageCatalogue {
    /// The messages of `redemption`.
    static let redemption: [CataloguedMessage] = [
        CataloguedMessage(
            ApplyRedemption(orderID: order, papers: papers, facts: facts, knownOrderVersion: 3), optional: ["knownOrderVersion"]),
        CataloguedMessage(
            DecideRedemption(
                orderID: order, decision: .determine, reason: "按一年平均后核定", amountFen: Fen(3_000_000),
                papers: [RedemptionPaper(document: "waiver-statement", file: ContentHash(of: Data([4])), fileName: "声明.pdf")]),
            optional: ["reason", "amountFen"]),
        CataloguedMessage(
            RedemptionChanged(redemption: snapshot, step: "publish", from: "decided", reason: "材料齐全", at: at),
            optional: ["from", "reason"]),
        CataloguedMessage(
            LapseRedemption(orderID: order, deadline: "notice", timer: "redemption/0198c5a2/notice/1788220800", dueAt: at)),
    ]

    private static let order = id("0198c5a2-7d1e-7c3b-9f00-2b6f3a1c5d70")
    private static let institution = id("0198c5a2-7d1e-7c3b-9f00-2b6f3a1c5d71")
    private static let enterprise = id("0198c5a2-7d1e-7c3b-9f00-2b6f3a1c5d73")
    private static let product = id("0198c5a2-7d1e-7c3b-9f00-2b6f3a1c5d74")
    private static let at = Date(timeIntervalSince1970: 1_788_220_800)
    private static let buyer = "北京某某科技有限公司"
    private static let seller = "北京数智服务有限公司"

    private static let papers = [
        RedemptionPaper(document: "contract", file: ContentHash(of: Data([1])), fileName: "合同.pdf"),
        RedemptionPaper(document: "receipt", file: ContentHash(of: Data([2])), fileName: "回单.jpg"),
        RedemptionPaper(document: "invoice", file: ContentHash(of: Data([3])), fileName: "发票.ofd"),
    ]

    private static let facts = RedemptionFacts(
        contract: ContractReading(
            productName: "研发协同云", enterpriseName: buyer, institutionName: seller, signedOn: day("2026-05-20"),
            serviceFrom: day("2026-06-01"), serviceThrough: day("2027-11-30"), totalFen: Fen(15_000_000), priceFen: Fen(10_000_000),
            voucherFen: Fen(3_000_000), selfPaidFen: Fen(12_000_000), tableOrderNumber: "110000-20260511-7K3M9QX2ABCD",
            tableOrderedOn: day("2026-05-11"), tableProductName: "研发协同云"),
        receipts: [
            ReceiptReading(
                paidOn: day("2026-05-25"), amountFen: Fen(12_000_000), payerName: buyer, payeeName: seller, number: "20260525000123")
        ],
        invoices: [
            InvoiceReading(
                code: "011002600111", number: "12345678", issuedOn: day("2026-05-26"), totalFen: Fen(15_000_000), kind: .electronicOrdinary,
                buyerName: buyer, sellerName: seller)
        ], refunds: [RefundReading(paidOn: day("2026-05-27"), amountFen: Fen(100), payerName: seller, payeeName: buyer)])

    private static let snapshot = RedemptionSnapshot(
        orderID: order, orderNumber: "110000-20260511-7K3M9QX2ABCD", programmeID: "beijing-2026", programmeVersion: 1,
        institutionID: institution, institutionName: seller, enterpriseID: enterprise, enterpriseName: buyer, productID: product,
        productName: "研发协同云", state: "in-notice", reservedFen: Fen(3_000_000), appliedAt: at, papers: papers, facts: facts,
        flags: [
            RedemptionFlag(
                kind: "file-used-elsewhere",
                text: LocalisedText(zh: "同一文件也用于另一订单。", en: "The same file was handed in for another order."))
        ],
        calculation: [
            CalculationStep(
                name: "share", text: LocalisedText(zh: "100000.00 × 30% = 30000.00", en: "100000.00 × 30% = 30000.00"),
                resultFen: Fen(3_000_000), clauses: ["BJ26-02"])
        ],
        calculatedFen: Fen(3_000_000), amountFen: Fen(3_000_000), payableFen: Fen(3_000_000),
        notice: NoticeDays(from: day("2026-09-01"), through: day("2026-09-10")), dueAt: at)

    private static func day(_ text: String) -> CalendarDate { (try? CalendarDate(text)) ?? CalendarDate.first }
}
