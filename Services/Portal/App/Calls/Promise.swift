import Access
import Foundation
import HTTPTypes
import Kernel
import Messages
import Messaging

extension PortalAPI {
    /// Accepts a command: it stands in the outbox, and is sent and answered whatever dies meanwhile. Then waits a little for the outcome. One
    /// that is set aside where it was sent waits for an operator: nobody is kept waiting for that here.
    ///
    /// - Parameters:
    ///   - command: what is asked.
    ///   - key: the key it travels under; what is under one key is done in order.
    ///   - operation: its name in the API.
    ///   - made: the folder in which what it makes is found, where it makes something.
    func promise<C: Command>(_ command: C, key: String, operation: String, from call: Call, made: String? = nil) async throws -> Answer {
        let (id, reply) = try await requests.ask(
            command, key: key,
            from: Requests.Caller(
                organisation: call.principal.organisation.lowercased, operation: operation, idempotencyKey: call.idempotencyKey,
                bodyHash: call.hash, receivedAt: call.receivedAt, token: call.token), within: outcomeWait)
        guard let reply else { return .pending(id) }
        guard let outcome = reply.outcome else { return .setAside(id, reply.note?.problem, call.language) }
        if let refusal = outcome.refusal { return Problem(refusal, call.language, operation: id.lowercased).answer }
        return .done(id, result: outcome.result, made: made)
    }
}

extension Answer {
    /// Where an operation is looked up.
    static func place(of operation: UUID) -> String { "/api/v1/operations/\(operation.lowercased)" }

    /// It is accepted, and not done yet.
    static func pending(_ id: UUID) -> Answer {
        var answer = Answer(.accepted, json: #"{"operation":{"id":"\#(id.lowercased)","state":"pending"},"result":null}"#)
        answer.headers[.location] = place(of: id)
        answer.headers[.retryAfter] = "1"
        return answer
    }

    /// It is accepted and kept, and decided when an operator has looked at what stands before it.
    static func setAside(_ id: UUID, _ problem: Refusal?, _ language: Language) -> Answer {
        let told = problem.map { Problem($0, language, operation: id.lowercased).answer.json } ?? "null"
        var answer = Answer(
            .accepted, json: #"{"operation":{"id":"\#(id.lowercased)","state":"set-aside"},"result":null,"problem":\#(told)}"#)
        answer.headers[.location] = place(of: id)
        answer.headers[.retryAfter] = "60"
        return answer
    }

    /// It is done. What a command makes has the command's id.
    static func done(_ id: UUID, result: String?, made: String? = nil) -> Answer {
        var answer = Answer(
            made == nil ? .ok : .created, json: #"{"operation":{"id":"\#(id.lowercased)","state":"done"},"result":\#(result ?? "null")}"#)
        if let made { answer.headers[.location] = "/api/v1/\(made)/\(id.lowercased)" }
        return answer
    }
}
