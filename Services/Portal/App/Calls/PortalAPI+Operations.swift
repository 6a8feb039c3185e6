import Access
import Foundation
import HTTPTypes
import Kernel
import Messages
import Messaging
import StrictJSON

extension PortalAPI {
    /// Accepts a command by committing it to the outbox, so that it is sent and answered even after a crash. Then waits at most
    /// `outcomeWait` for the outcome; a parked command is answered at once, because it waits for an operator.
    ///
    /// - Parameters:
    ///   - key: the message key; commands with the same key are handled in order.
    ///   - operation: the operation's name in the API.
    ///   - collection: the path of the collection that the command adds a record to; nil where it creates none.
    func submit<C: Command>(
        _ command: C, key: String, operation: String, from call: Call, creates collection: String? = nil
    ) async throws -> APIResponse {
        let (id, reply) = try await requests.ask(
            command, key: key,
            from: Requests.Caller(
                organisation: call.principal.organisation.lowercased, operation: operation, idempotencyKey: call.idempotencyKey,
                bodyHash: call.hash, receivedAt: call.receivedAt, token: call.token), within: outcomeWait)
        guard let reply else { return .pending(id) }
        guard let outcome = reply.outcome else { return .parked(id, reply.note?.problem, call.language) }
        if let refusal = outcome.refusal { return Problem(refusal, call.language, operation: id.lowercased).response }
        return .done(id, result: outcome.result, in: collection)
    }
}

extension APIResponse {
    /// The path of an operation.
    static func location(of operation: UUID) -> String { "/api/v1/operations/\(operation.lowercased)" }

    /// The command is accepted; its outcome is not known yet.
    static func pending(_ id: UUID) -> APIResponse {
        var response = APIResponse(.accepted, json: #"{"operation":{"id":"\#(id.lowercased)","state":"pending"},"result":null}"#)
        response.headers[.location] = location(of: id)
        response.headers[.retryAfter] = "1"
        return response
    }

    /// The command is accepted and parked: it is decided when an operator has redriven or discarded it.
    static func parked(_ id: UUID, _ problem: Refusal?, _ language: Language) -> APIResponse {
        let problemJSON = problem.map { Problem($0, language, operation: id.lowercased).response.json } ?? "null"
        var response = APIResponse(
            .accepted,
            json: #"{"operation":{"id":"\#(id.lowercased)","state":"set-aside"},"result":null,"problem":\#(problemJSON)}"#
        )
        response.headers[.location] = location(of: id)
        response.headers[.retryAfter] = "60"
        return response
    }

    /// The command is done. A record that it created has the command's id.
    static func done(_ id: UUID, result: String?, in collection: String? = nil) -> APIResponse {
        var response = APIResponse(
            collection == nil ? .ok : .created,
            json: #"{"operation":{"id":"\#(id.lowercased)","state":"done"},"result":\#(result ?? "null")}"#)
        if let collection { response.headers[.location] = "/api/v1/\(collection)/\(id.lowercased)" }
        return response
    }
}
