import Foundation
import Kernel
import Messages
import RedemptionDomain

/// The data of an order, its contract and its papers. They are valid until a test changes them.
struct Papers {
    var orderID = UUID()
    var enterprise = UUID()
    var institution = UUID()
    var product = UUID()
    var buyer = "北京某某科技有限公司"
    var seller = "北京数智服务有限公司"
    var productName = "研发协同云"
    var placedOn = "2026-05-08"
    var firstPlacedOn = "2026-05-02"
    var guideLow = yuan(80_000)
    var guideHigh = yuan(120_000)
    var orderVoucher = yuan(30_000)
    /// As recorded with the order and, unless a test changes it, as stated in the paper.
    var contractProduct = "研发协同云"
    var signedOn = "2026-05-10"
    var serviceFrom = "2026-05-10"
    var serviceThrough: String?
    var total = yuan(100_000)
    var voucher: Fen? = yuan(30_000)
    var selfPaid: Fen? = yuan(70_000)
    var price = yuan(100_000)
    var tableNumber: String? = "110000-20260508-7K3M9QX2ABCD"
    var tableDay: String? = "2026-05-08"
    var tableProduct: String? = "研发协同云"
    /// The total in the paper, if it differs from the record.
    var paperTotal: Fen?
    var receipts: [(on: String, fen: Fen, payer: String)] = [("2026-05-12", yuan(70_000), "北京某某科技有限公司")]
    /// The slip numbers, in the order of the receipts; further receipts have none.
    var slips: [String] = []
    var refunds: [(on: String, fen: Fen)] = []
    var invoices: [(on: String, fen: Fen, number: String)] = [("2026-05-12", yuan(100_000), "26112000000000000001")]
    var documents = ["contract", "receipt", "invoice"]
    var further: [RedemptionPaper] = []

    func order(state: String = "contracted", voucher reserved: Fen? = nil) throws -> OrderSnapshot {
        OrderSnapshot(
            orderID: orderID, number: "110000-20260508-7K3M9QX2ABCD", programmeID: "beijing-2026", programmeVersion: 1,
            enterpriseID: enterprise, enterpriseName: buyer, institutionID: institution, institutionName: seller, productID: product,
            productName: productName, guideLowFen: guideLow, guideHighFen: guideHigh, voucherFen: reserved ?? orderVoucher,
            placedAt: try beijing(placedOn, "10:00:00"), firstPlacedOn: try day(firstPlacedOn), state: state, dueAt: nil,
            contract: state == "placed" || state == "accepted" ? nil : try record())
    }

    func record() throws -> ContractFacts {
        ContractFacts(
            productName: contractProduct, totalFen: total, voucherFen: voucher ?? orderVoucher, selfPaidFen: selfPaid ?? yuan(70_000),
            signedOn: try day(signedOn), serviceFrom: try day(serviceFrom), serviceThrough: try serviceThrough.map(day))
    }

    func facts() throws -> RedemptionFacts {
        RedemptionFacts(
            contract: ContractReading(
                productName: contractProduct, enterpriseName: buyer, institutionName: seller, signedOn: try day(signedOn),
                serviceFrom: try day(serviceFrom), serviceThrough: try serviceThrough.map(day), totalFen: paperTotal ?? total,
                priceFen: price, voucherFen: voucher, selfPaidFen: selfPaid, tableOrderNumber: tableNumber,
                tableOrderedOn: try tableDay.map(day), tableProductName: tableProduct),
            receipts: try receipts.enumerated().map { place, receipt in
                ReceiptReading(
                    paidOn: try day(receipt.on), amountFen: receipt.fen, payerName: receipt.payer, payeeName: seller,
                    number: place < slips.count ? slips[place] : nil)
            },
            invoices: try invoices.map {
                InvoiceReading(
                    number: $0.number, issuedOn: try day($0.on), totalFen: $0.fen, kind: .fullyDigital, buyerName: buyer, sellerName: seller
                )
            },
            refunds: refunds.isEmpty
                ? nil
                : try refunds.map {
                    RefundReading(paidOn: try day($0.on), amountFen: $0.fen, payerName: seller, payeeName: buyer)
                })
    }

    var files: [RedemptionPaper] {
        documents.map { RedemptionPaper(document: $0, file: Self.hash($0), fileName: "\($0).pdf") } + further
    }

    func command() throws -> ApplyRedemption { ApplyRedemption(orderID: orderID, papers: files, facts: try facts()) }

    static func hash(_ text: String) -> ContentHash { ContentHash(of: Data(text.utf8)) }

    /// A store with a small PDF for every document that tests name.
    static let store = Dictionary(
        uniqueKeysWithValues: [
            "contract", "receipt", "invoice", "waiver-statement", "acceptance-report", "refund-proof", "second-contract",
        ].map {
            (hash($0), PaperFile(byteCount: 1_000, kind: "pdf", isOwn: true))
        })
}
