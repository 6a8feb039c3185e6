import Foundation
import Kernel
import Messages
import Messaging
import Postgres
import StrictJSON

/// A stub of `ordering`: refuses an order of 13 fen, fails on one of 666 fen, accepts all others, and stores nothing.
enum StubOrdering {
    static let registry = HandlerRegistry(service: "ordering", rows: NoRows.self, commandsFrom: ["portal"]) {
        Handles(StubPlaceOrderHandler())
    }

    /// The institution of every order.
    static let institution = UUID(uuidString: "22222222-2222-4222-8222-222222222222") ?? UUID()
}

struct NoRows: UnitOfWork {
    init() {}
    mutating func load(_ connection: PostgresConnection) async throws {}
    func writes() -> [PostgresStep] { [] }
}

struct StubPlaceOrderHandler: Handler {
    func requestRows(for input: PlaceOrder, in rows: inout NoRows) {}

    func handle(_ input: PlaceOrder, context: HandlingContext, rows: inout NoRows, output: inout HandlerOutput) throws {
        if input.voucherFen == Fen(666) { throw StubFailure() }
        guard input.voucherFen != Fen(13) else {
            throw Refusal(
                slug: "budget-exhausted", clause: "BJ26-03",
                message: LocalisedText(zh: "额度不足", en: "Too little left"), remedy: LocalisedText(zh: "少申请", en: "Ask for less")
            ).comparing("requested", input.voucherFen)
        }
        let id = context.envelope.id
        let order = OrderSnapshot(
            orderID: id, number: "T-1", programmeID: "toy", programmeVersion: 1, enterpriseID: input.enterpriseID, enterpriseName: "甲",
            institutionID: StubOrdering.institution, institutionName: "乙", productID: input.productID, productName: "丙",
            guideLowFen: Fen(100), guideHighFen: Fen(100), voucherFen: input.voucherFen, placedAt: context.now,
            firstPlacedOn: try BeijingTime.date(at: context.now), state: "placed", dueAt: nil)
        try output.publish(OrderChanged(order: order, step: "place", from: nil, at: context.now), key: id.lowercased)
        try output.answer(["orderID": id.lowercased])
    }
}

private struct StubFailure: Error {}
