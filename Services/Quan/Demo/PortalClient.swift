import Foundation
import Kernel
import Messages
import Messaging
import Operations
import StrictJSON
import Synchronization

/// A client of the portal over HTTP, with a token for each participant of a season.
final class PortalClient: SeasonPortal {
    private struct Token: Sendable {
        let text: String
        let until: ContinuousClock.Instant
    }

    /// The timeout of a request with its retries. All retries carry the same idempotency key, so that it is executed once.
    private static let timeout: Duration = .seconds(60)
    private static let tokenLifetime: Duration = .seconds(300)
    private let portalPort: @Sendable () async -> Int?
    private let identityPort: @Sendable () async -> Int?
    private let tokens = Mutex<[Participant: Token]>([:])

    /// The ports are resolved for each request, because a restarted service may have another port.
    init(portalPort: @escaping @Sendable () async -> Int?, identityPort: @escaping @Sendable () async -> Int?) {
        self.portalPort = portalPort
        self.identityPort = identityPort
    }

    func submit(_ request: PortalRequest) async throws -> PortalAnswer {
        let began = ContinuousClock.now
        let end = began + Self.timeout
        var pause = Duration.milliseconds(20)
        while ContinuousClock.now < end {
            if let answer = try await once(request) {
                return PortalAnswer(id: answer.id, refusal: answer.refusal, body: answer.body, took: .now - began)
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(1))
        }
        throw AnswerTimeout(path: request.path, timeout: Self.timeout)
    }

    /// Sends the request once. Returns nil if it must be repeated: there was no answer, the operation is still pending, or the portal has too
    /// many requests of this client under way.
    private func once(_ request: PortalRequest) async throws -> (id: UUID, refusal: Refusal?, body: Data)? {
        guard let token = try? await token(of: request.participant), let port = await portalPort() else { return nil }
        let headers = ["Authorization: Bearer \(token)", "Idempotency-Key: \(request.key)"]
        guard
            let answer = try? await ServiceHTTP.post(
                port: port, "/api/v1/\(request.path)", headers: headers, body: String(decoding: request.body, as: UTF8.self),
                within: .seconds(10))
        else { return nil }
        switch answer.status {
        case 200, 201:
            return (try StrictJSON.decode(Done.self, from: Array(answer.body)).operation.id, nil, answer.body)
        case 202, 429, 502...504: return nil
        default: return (UUID(), try Self.refusal(answer), answer.body)
        }
    }

    func read(_ path: String, as participant: Participant) async throws -> Data {
        try await retrying(path) { try await readOnce(path, as: participant) }
    }

    func upload(_ bytes: Data, name: String, as participant: Participant) async throws -> ContentHash {
        // Repeating an upload is safe: the store identifies a paper by the hash of its content.
        try await retrying("files") { try await uploadOnce(bytes, name: name, as: participant) }
    }

    /// Repeats `body` until it succeeds or the timeout passes, because a killed part is being restarted.
    private func retrying<R>(_ path: String, _ body: () async throws -> R) async throws -> R {
        let end = ContinuousClock.now + Self.timeout
        while true {
            do {
                return try await body()
            } catch  where ContinuousClock.now < end && !(error is CancellationError) {
                try await Task.sleep(for: .milliseconds(300))
            }
        }
    }

    private func readOnce(_ path: String, as participant: Participant) async throws -> Data {
        guard let port = await portalPort() else { throw AnswerTimeout(path: path, timeout: .zero) }
        let answer = try await ServiceHTTP.get(
            port: port, "/api/v1/\(path)", headers: ["Authorization: Bearer \(try await token(of: participant))"], within: .seconds(30))
        guard answer.status == 200 else { throw CommandError("the portal answered \(path) with status \(answer.status)") }
        return answer.body
    }

    private func uploadOnce(_ bytes: Data, name: String, as participant: Participant) async throws -> ContentHash {
        guard let port = await portalPort() else { throw AnswerTimeout(path: "files", timeout: .zero) }
        let answer = try await ServiceHTTP.post(
            port: port, "/api/v1/files?name=\(name)", headers: ["Authorization: Bearer \(try await token(of: participant))"],
            body: String(decoding: bytes, as: UTF8.self),
            within: .seconds(30))
        guard answer.status == 201 else { throw CommandError("the portal rejected the paper \(name) with status \(answer.status)") }
        return ContentHash(of: bytes)
    }

    private struct Done: Decodable {
        struct Operation: Decodable {
            let id: UUID
        }
        let operation: Operation
    }

    private struct SignIn: Encodable {
        let person: String
        let organisation: UUID
        let roles: [String]
    }

    private struct SignedIn: Decodable {
        let token: String
    }

    private func token(of participant: Participant) async throws -> String {
        if let known = tokens.withLock({ $0[participant] }), known.until > .now { return known.text }
        guard let port = await identityPort() else { throw AnswerTimeout(path: "sandbox/token", timeout: .zero) }
        let body = try StrictJSON.encode(
            SignIn(person: participant.person, organisation: participant.organisation, roles: [participant.role]))
        let answer = try await ServiceHTTP.post(
            port: port, "/sandbox/token", body: String(decoding: body, as: UTF8.self), within: .seconds(10))
        guard answer.status == 200 || answer.status == 201 else {
            throw CommandError("identity answered a sign-in with status \(answer.status)")
        }
        let token = try StrictJSON.decode(SignedIn.self, from: Array(answer.body)).token
        tokens.withLock { $0[participant] = Token(text: token, until: .now + Self.tokenLifetime) }
        return token
    }

    /// Reads the refusal from a problem document (RFC 9457).
    private static func refusal(_ answer: ServiceHTTP.Answer) throws -> Refusal {
        struct Problem: Decodable {
            let type: String
            let clauses: [String]?
            let message: LocalisedText?
        }
        guard let problem = try? StrictJSON.decode(Problem.self, from: Array(answer.body)) else {
            throw CommandError(
                "the portal answered with status \(answer.status): \(String(decoding: answer.body.prefix(300), as: UTF8.self))")
        }
        let slug = problem.type.split { $0 == ":" || $0 == "/" }.last.map(String.init) ?? problem.type
        return Refusal(
            slug: slug, clause: problem.clauses?.first ?? "", further: Array((problem.clauses ?? []).dropFirst()),
            message: problem.message ?? LocalisedText(zh: "", en: ""))
    }
}
