import Foundation
import Kernel
import Messages
import Messaging
import Postgres

/// Takes every order but those of 13 fen, breaks on one of 666 fen, and keeps nothing.
enum ToyOrdering {
    static let contents = Contents(service: "ordering", rows: NoRows.self, commandsFrom: ["portal"]) { Takes(ToyPlaceOrderHandler()) }

    /// The institution that everybody orders from.
    static let institution = UUID(uuidString: "22222222-2222-4222-8222-222222222222") ?? UUID()
}

struct NoRows: WorkingRows {
    init() {}
    mutating func load(_ connection: PostgresConnection) async throws {}
    func writes() -> [PostgresStep] { [] }
}

struct ToyPlaceOrderHandler: Handler {
    func wants(_ input: PlaceOrder, in rows: inout NoRows) {}

    func handle(_ input: PlaceOrder, context: HandlingContext, rows: inout NoRows, say: inout Said) throws {
        if input.voucherFen == Fen(666) { throw Broken() }
        guard input.voucherFen != Fen(13) else {
            throw Refusal(
                slug: "budget-exhausted", clause: "BJ26-03",
                message: LocalisedText(zh: "额度不足", en: "Too little left"), remedy: LocalisedText(zh: "少申请", en: "Ask for less")
            ).comparing("requested", input.voucherFen)
        }
        let id = context.envelope.id
        let order = OrderSnapshot(
            orderID: id, number: "T-1", programmeID: "toy", programmeVersion: 1, enterpriseID: input.enterpriseID, enterpriseName: "甲",
            institutionID: ToyOrdering.institution, institutionName: "乙", productID: input.productID, productName: "丙",
            guideLowFen: Fen(100), guideHighFen: Fen(100), voucherFen: input.voucherFen, placedAt: context.now,
            firstPlacedOn: try BeijingTime.date(at: context.now), state: "placed", dueAt: nil)
        try say.publish(OrderChanged(order: order, step: "place", from: nil, at: context.now), key: id.lowercased)
        try say.answer(["orderID": id.lowercased])
    }
}

private struct Broken: Error {}
