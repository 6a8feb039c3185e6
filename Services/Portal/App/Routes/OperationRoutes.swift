import Access
import Foundation
import Hummingbird
import Kernel
import Messages
import Messaging
import Postgres
import StrictJSON

/// The state and outcome of operations.
struct OperationRoutes: Sendable {
    let api: PortalAPI

    private static let one = PostgresStatement(
        "portal.operation",
        "select name, received_at, answered_at, outcome, parked_note, organisation from operation where id = $1")

    private struct Operation: Encodable {
        let id: String
        let name: String
        let state: String
        let receivedAt: Date
        let answeredAt: Date?
    }

    func add(to routes: APIRoutes) {
        routes.get("operations/{id}") { request, context in
            let id = try context.id()
            let reader = try await Call.authenticateReader(request, api)
            // An operation is shown as done only when the record that it created can be read.
            try await api.requests.waitUntilApplied(ids: [id], within: api.outcomeWait)
            let found = try await api.pool.withConnection { connection in
                try await connection.query(Self.one, id).decode(
                    String.self, Date.self, Date?.self, [UInt8]?.self, [UInt8]?.self, String.self
                ).first
            }
            guard let found else { throw PlatformRule.unknownReference.refusal() }
            let outcome = try found.3.map { try StrictJSON.decode(Outcome.self, from: $0) }
            let note = outcome == nil ? try found.4.map { try StrictJSON.decode(CommandSetAside.self, from: $0) } : nil
            let operation = Operation(
                id: id.lowercased, name: found.0, state: Self.state(outcome, note), receivedAt: found.1, answeredAt: found.2)
            let json = try text(operation, outcome?.result, outcome?.refusal ?? note?.problem, Language(of: request))
            guard let visible = api.visibleJSON(.operation, json, of: reader, requester: UUID(uuidString: found.5)) else {
                throw PlatformRule.unknownReference.refusal()
            }
            return APIResponse(json: visible)
        }
    }

    private static func state(_ outcome: Outcome?, _ note: CommandSetAside?) -> String {
        guard let outcome else { return note == nil ? "pending" : "set-aside" }
        return outcome.refusal == nil ? "done" : "refused"
    }

    private func text(_ operation: Operation, _ result: String?, _ refusal: Refusal?, _ language: Language) throws -> String {
        let operationJSON = String(decoding: try StrictJSON.encode(operation), as: UTF8.self)
        let problem = refusal.map { Problem($0, language, operation: operation.id).response.json } ?? "null"
        return #"{"operation":\#(operationJSON),"result":\#(result ?? "null"),"problem":\#(problem)}"#
    }
}
