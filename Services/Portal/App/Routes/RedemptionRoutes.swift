import Access
import Foundation
import Hummingbird
import Kernel
import Messages
import Messaging

/// The steps of a redemption. It has its order's id.
struct RedemptionRoutes: Sendable {
    let api: PortalAPI

    private struct Application: Decodable {
        let papers: [RedemptionPaper]
        let facts: RedemptionFacts
    }

    private struct Deciding: Decodable {
        let reason: String?
        let amountFen: Fen?
        let papers: [RedemptionPaper]?
    }

    static let decisions: [(name: String, decision: DecideRedemption.Decision)] = [
        ("waive", .waive), ("return", .return), ("determine", .determine), ("decide", .decide), ("refuse", .refuse), ("publish", .publish),
        ("object", .object), ("answer-objection", .answerObjection), ("uphold-objection", .upholdObjection),
    ]

    func add(to routes: APIRoutes) {
        routes.post("redemptions/{id}/apply") { request, context in
            let id = try context.id()
            let call = try await Call.read(request, context, api, by: .step("apply-redemption", "resubmit-redemption"))
            let application = try call.decode(Application.self)
            let command = ApplyRedemption(
                orderID: id, papers: application.papers, facts: application.facts,
                orderSeen: try await api.seen(order: id, by: call.principal.organisation))
            return try await api.promise(command, key: id.lowercased, operation: "apply-redemption", from: call)
        }
        for (name, decision) in Self.decisions {
            routes.post("redemptions/{id}/\(name)") { request, context in
                let id = try context.id()
                let call = try await Call.read(request, context, api, by: .step(decision.rawValue))
                let deciding = try call.decode(Deciding.self)
                let command = DecideRedemption(
                    orderID: id, decision: decision, reason: deciding.reason, amountFen: deciding.amountFen, papers: deciding.papers ?? [])
                return try await api.promise(command, key: id.lowercased, operation: decision.rawValue, from: call)
            }
        }
    }
}
