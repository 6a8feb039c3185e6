import Foundation
import Kernel
import Messages
import Messaging
import Synchronization

/// The portal as the players of a season use it: over HTTP, with a token for each of them.
final class PortalDesk: SeasonDesk {
    private struct Token: Sendable {
        let text: String
        let until: ContinuousClock.Instant
    }

    /// How long a request may take in all; it is repeated meanwhile under the same idempotency key, so that it is done once.
    private static let patience: Duration = .seconds(60)
    private static let tokenFresh: Duration = .seconds(300)
    private let portalPort: @Sendable () async -> Int?
    private let identityPort: @Sendable () async -> Int?
    private let tokens = Mutex<[Player: Token]>([:])

    /// The ports are asked for anew each time: a service that was killed may come back elsewhere.
    init(portalPort: @escaping @Sendable () async -> Int?, identityPort: @escaping @Sendable () async -> Int?) {
        self.portalPort = portalPort
        self.identityPort = identityPort
    }

    func submit(_ request: DeskRequest) async throws -> DeskAnswer {
        let began = ContinuousClock.now
        let end = began + Self.patience
        var pause = Duration.milliseconds(20)
        while ContinuousClock.now < end {
            if let answer = try await once(request) {
                return DeskAnswer(id: answer.id, refusal: answer.refusal, body: answer.body, took: .now - began)
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(1))
        }
        throw NoAnswer(path: request.path, waited: Self.patience)
    }

    /// One try; nil where it is to be repeated: nobody answers, or what was promised is not decided yet.
    private func once(_ request: DeskRequest) async throws -> (id: UUID, refusal: Refusal?, body: Data)? {
        guard let token = try? await token(of: request.player), let port = await portalPort() else { return nil }
        let headers = ["Authorization: Bearer \(token)", "Idempotency-Key: \(request.key)"]
        guard
            let answer = try? await ServiceHTTP.post(
                port: port, "/api/v1/\(request.path)", headers: headers, body: String(decoding: request.body, as: UTF8.self),
                within: .seconds(10))
        else { return nil }
        switch answer.status {
        case 200, 201:
            return (try JSONDecoder().decode(Done.self, from: answer.body).operation.id, nil, answer.body)
        case 202, 502...504: return nil
        default: return (UUID(), try Self.refusal(answer), answer.body)
        }
    }

    func read(_ path: String, as player: Player) async throws -> Data {
        try await insisting(path) { try await readOnce(path, as: player) }
    }

    func upload(_ bytes: Data, name: String, as player: Player) async throws -> ContentHash {
        // The store knows a paper by the hash of its content: the same again is the same.
        try await insisting("files") { try await uploadOnce(bytes, name: name, as: player) }
    }

    /// Does something again until it succeeds, for as long as a request may take: a part that was killed is on its way back.
    private func insisting<R>(_ path: String, _ body: () async throws -> R) async throws -> R {
        let end = ContinuousClock.now + Self.patience
        while true {
            do {
                return try await body()
            } catch  where ContinuousClock.now < end && !(error is CancellationError) {
                try await Task.sleep(for: .milliseconds(300))
            }
        }
    }

    private func readOnce(_ path: String, as player: Player) async throws -> Data {
        guard let port = await portalPort() else { throw NoAnswer(path: path, waited: .zero) }
        let answer = try await ServiceHTTP.get(
            port: port, "/api/v1/\(path)", headers: ["Authorization: Bearer \(try await token(of: player))"], within: .seconds(30))
        guard answer.status == 200 else { throw Complaint("the portal answers \(answer.status) to \(path)") }
        return answer.body
    }

    private func uploadOnce(_ bytes: Data, name: String, as player: Player) async throws -> ContentHash {
        guard let port = await portalPort() else { throw NoAnswer(path: "files", waited: .zero) }
        let answer = try await ServiceHTTP.post(
            port: port, "/api/v1/files?name=\(name)", headers: ["Authorization: Bearer \(try await token(of: player))"],
            body: String(decoding: bytes, as: UTF8.self),
            within: .seconds(30))
        guard answer.status == 201 else { throw Complaint("the portal does not take the paper \(name): \(answer.status)") }
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

    private func token(of player: Player) async throws -> String {
        if let known = tokens.withLock({ $0[player] }), known.until > .now { return known.text }
        guard let port = await identityPort() else { throw NoAnswer(path: "sandbox/token", waited: .zero) }
        let body = try JSONEncoder().encode(
            SignIn(person: player.person, organisation: player.organisation, roles: [player.role]))
        let answer = try await ServiceHTTP.post(
            port: port, "/sandbox/token", body: String(decoding: body, as: UTF8.self), within: .seconds(10))
        guard answer.status == 200 || answer.status == 201 else { throw Complaint("identity answers \(answer.status) to a sign-in") }
        let token = try JSONDecoder().decode(SignedIn.self, from: answer.body).token
        tokens.withLock { $0[player] = Token(text: token, until: .now + Self.tokenFresh) }
        return token
    }

    /// The refusal in a problem of RFC 9457.
    private static func refusal(_ answer: ServiceHTTP.Answer) throws -> Refusal {
        struct Problem: Decodable {
            let type: String
            let clauses: [String]?
            let message: LocalisedText?
        }
        guard let problem = try? JSONDecoder().decode(Problem.self, from: answer.body) else {
            throw Complaint("the portal answers \(answer.status): \(String(decoding: answer.body.prefix(300), as: UTF8.self))")
        }
        let slug = problem.type.split { $0 == ":" || $0 == "/" }.last.map(String.init) ?? problem.type
        return Refusal(
            slug: slug, clause: problem.clauses?.first ?? "", further: Array((problem.clauses ?? []).dropFirst()),
            message: problem.message ?? LocalisedText(zh: "", en: ""))
    }
}
