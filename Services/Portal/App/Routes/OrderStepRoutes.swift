import Foundation
import Hummingbird
import Kernel
import Messages
import StrictJSON

/// The steps of an order after it is placed.
struct OrderStepRoutes: Sendable {
    let api: PortalAPI

    private struct Reason: Decodable {
        let reason: String?
    }

    private struct Confirmation: Decodable {
        let voucherFen: Fen?
    }

    private struct Rating: Decodable {
        let stars: Int
        let comment: String?
    }

    private static let decisions: [(name: String, decision: DecideOrder.Decision)] = [
        ("accept", .accept), ("decline", .decline), ("cancel", .cancel), ("confirm-completion", .confirmCompletion),
    ]

    func add(to routes: APIRoutes) {
        for (name, decision) in Self.decisions {
            routes.post("orders/{id}/\(name)") { request, context in
                let id = try context.id()
                let call = try await Call.read(request, context, api, by: .step(decision.rawValue))
                let command = DecideOrder(orderID: id, decision: decision, reason: try call.decode(Reason.self).reason)
                return try await api.submit(command, key: id.lowercased, operation: decision.rawValue, from: call)
            }
        }
        routes.post("orders/{id}/contract") { request, context in
            let id = try context.id()
            let call = try await Call.read(request, context, api, by: .step("record-contract"))
            let command = RecordContract(orderID: id, contract: try call.decode(ContractFacts.self))
            return try await api.submit(command, key: id.lowercased, operation: "record-contract", from: call)
        }
        routes.post("orders/{id}/confirm-contract") { request, context in
            let id = try context.id()
            let call = try await Call.read(request, context, api, by: .step("confirm-contract"))
            let command = ConfirmContract(orderID: id, voucherFen: try call.decode(Confirmation.self).voucherFen)
            return try await api.submit(command, key: id.lowercased, operation: "confirm-contract", from: call)
        }
        routes.post("orders/{id}/dispute-contract") { request, context in
            let id = try context.id()
            let call = try await Call.read(request, context, api, by: .step("dispute-contract"))
            let command = DisputeContract(orderID: id, reason: try call.decode(Reason.self).reason ?? "")
            return try await api.submit(command, key: id.lowercased, operation: "dispute-contract", from: call)
        }
        routes.post("orders/{id}/rating") { request, context in
            let id = try context.id()
            let call = try await Call.read(request, context, api, by: .step("rate-service"))
            let rating = try call.decode(Rating.self)
            let command = RateService(orderID: id, stars: rating.stars, comment: rating.comment)
            return try await api.submit(command, key: id.lowercased, operation: "rate-service", from: call)
        }
    }
}
