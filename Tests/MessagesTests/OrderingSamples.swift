import Foundation
import Kernel
import Messages

extension MessageCatalogue {
    /// The messages of `ordering`.
    static let ordering: [CataloguedMessage] = [
        CataloguedMessage(
            PlaceOrder(
                enterpriseID: id("0198c5a2-0000-7000-8000-000000000001"), productID: id("0198c5a2-0000-7000-8000-000000000003"),
                voucherFen: Fen(300_000), contact: "王女士",
                consistencyToken: PlaceOrder.ConsistencyToken(product: 3, enterprise: 2)), optional: ["consistencyToken"]),
        CataloguedMessage(DecideOrder(orderID: orderID, decision: .decline, reason: "人手不足 / no capacity"), optional: ["reason"]),
        CataloguedMessage(RecordContract(orderID: orderID, contract: contract)),
        CataloguedMessage(ConfirmContract(orderID: orderID, voucherFen: Fen(300_000)), optional: ["voucherFen"]),
        CataloguedMessage(DisputeContract(orderID: orderID, reason: "金额与合同不符 / the amount is not the contract's")),
        CataloguedMessage(RateService(orderID: orderID, stars: 4, comment: "很好"), optional: ["comment"]),
        CataloguedMessage(
            CreditChecked(
                orderID: orderID,
                refusals: [
                    Refusal(
                        slug: "enterprise-negative-record", clause: "BJ26-27",
                        numbers: [RefusalNumber(name: "enterprise.negativeRecords", value: .text("tax 2025-11-03"), unit: .code)],
                        message: LocalisedText(zh: "有严重不良信息。", en: "There are serious entries."))
                ])),
        CataloguedMessage(SettleOrder(orderID: orderID, step: "redemption.notice", amountFen: Fen(250_000)), optional: ["amountFen"]),
        CataloguedMessage(LapseOrder(orderID: orderID, deadline: "decision", dueAt: Date(timeIntervalSince1970: 1_779_897_600))),
        CataloguedMessage(CheckLedger()),
        CataloguedMessage(
            OrderChanged(
                order: OrderSnapshot(
                    orderID: orderID, number: "110000-20260520-Z00AVF8R9QBY", programmeID: "beijing-2026", programmeVersion: 1,
                    enterpriseID: id("0198c5a2-0000-7000-8000-000000000001"), enterpriseName: "北京某某科技有限公司",
                    institutionID: id("0198c5a2-0000-7000-8000-000000000002"), institutionName: "某某服务机构",
                    productID: id("0198c5a2-0000-7000-8000-000000000003"), productName: "大模型部署服务", guideLowFen: Fen(500_000),
                    guideHighFen: Fen(1_000_000), voucherFen: Fen(300_000), placedAt: Date(timeIntervalSince1970: 1_779_249_600),
                    firstPlacedOn: day(2026, 5, 20), state: "contracted", dueAt: Date(timeIntervalSince1970: 1_790_006_400),
                    contract: contract, pendingVoucherFen: Fen(300_000), contractDispute: "金额不符", stars: 4),
                step: "record-contract", from: "accepted", reason: "补充说明", at: Date(timeIntervalSince1970: 1_779_336_000.000001)),
            optional: ["from", "reason"]),
    ]

    private static let orderID = id("0198c5a2-7d1e-7c3b-9f00-2b6f3a1c5d7e")

    private static let contract = ContractFacts(
        productName: "大模型部署服务", totalFen: Fen(1_000_000), voucherFen: Fen(300_000), selfPaidFen: Fen(700_000), signedOn: day(2026, 5, 21),
        serviceFrom: day(2026, 6, 1), serviceThrough: day(2027, 5, 31), isSingleDelivery: false, priceFen: Fen(500_000), quantity: 2)

    private static func day(_ year: Int, _ month: Int, _ day: Int) -> CalendarDate {
        (try? CalendarDate(year: year, month: month, day: day)) ?? CalendarDate.first
    }
}
