import Access
import Foundation
import Hummingbird
import Kernel
import Messages
import StrictJSON

/// The steps of a redemption, which has its order's id.
struct RedemptionRoutes: Sendable {
    let api: PortalAPI

    private struct Application: Decodable {
        let papers: [RedemptionPaper]
        let facts: RedemptionFacts
    }

    private struct DecisionBody: Decodable {
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
                knownOrderVersion: try await api.appliedVersion(ofOrder: id, namedBy: call.principal.organisation))
            return try await api.submit(command, key: id.lowercased, operation: "apply-redemption", from: call)
        }
        for (name, decision) in Self.decisions {
            routes.post("redemptions/{id}/\(name)") { request, context in
                let id = try context.id()
                let call = try await Call.read(request, context, api, by: .step(decision.rawValue))
                let body = try call.decode(DecisionBody.self)
                let command = DecideRedemption(
                    orderID: id, decision: decision, reason: body.reason, amountFen: body.amountFen, papers: body.papers ?? [])
                return try await api.submit(command, key: id.lowercased, operation: decision.rawValue, from: call)
            }
        }
    }
}
