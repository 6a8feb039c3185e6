import Access
import Foundation
import Hummingbird
import Kernel
import Messages
import Messaging
import Postgres

/// What became of what was asked.
struct OperationRoutes: Sendable {
    let api: PortalAPI

    private static let one = PostgresStatement(
        "portal.operation",
        "select name, received_at, answered_at, outcome, set_aside from operation where id = $1 and organisation = $2")

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
            let organisation = try await Call.reader(request, api).organisation.lowercased
            let found = try await api.pool.withConnection { connection in
                try await connection.query(Self.one, id, organisation).decode(
                    String.self, Date.self, Date?.self, [UInt8]?.self, [UInt8]?.self
                ).first
            }
            guard let found else { throw PlatformRule.unknownReference.refusal() }
            let outcome = try found.3.map { try MessageBody.decode(Outcome.self, from: $0) }
            let note = outcome == nil ? try found.4.map { try MessageBody.decode(CommandSetAside.self, from: $0) } : nil
            let operation = Operation(
                id: id.lowercased, name: found.0, state: Self.state(outcome, note), receivedAt: found.1, answeredAt: found.2)
            return try answer(operation, outcome?.result, outcome?.refusal ?? note?.problem, Language(of: request))
        }
    }

    private static func state(_ outcome: Outcome?, _ note: CommandSetAside?) -> String {
        guard let outcome else { return note == nil ? "pending" : "set-aside" }
        return outcome.refusal == nil ? "done" : "refused"
    }

    private func answer(_ operation: Operation, _ result: String?, _ refusal: Refusal?, _ language: Language) throws -> Answer {
        let told = String(decoding: try MessageBody.encode(operation), as: UTF8.self)
        let problem = refusal.map { Problem($0, language, operation: operation.id).answer.json } ?? "null"
        return Answer(json: #"{"operation":\#(told),"result":\#(result ?? "null"),"problem":\#(problem)}"#)
    }
}
