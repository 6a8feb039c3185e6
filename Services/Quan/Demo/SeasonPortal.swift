import Foundation
import Kernel
import StrictJSON

/// A person of an organisation who takes part in a season.
struct Participant: Sendable, Hashable {
    /// The person's reference.
    let person: String
    /// The organisation's id.
    let organisation: UUID
    /// The role in the programme.
    let role: String
}

/// A participant's request to the portal.
struct PortalRequest: Sendable {
    /// The caller.
    let participant: Participant
    /// The path under `/api/v1/`.
    let path: String
    /// The body as JSON.
    let body: Data
    /// The idempotency key; all retries of a request carry the same one.
    let key: String

    init(_ participant: Participant, _ path: String, _ body: some Encodable & Sendable, key: String) throws {
        self.participant = participant
        self.path = path
        self.body = Data(try StrictJSON.encode(body))
        self.key = key
    }
}

/// The portal's answer to a request.
struct PortalAnswer: Sendable {
    /// The operation's id, which is also the id of the created resource.
    let id: UUID
    /// The refusal; nil if the request was executed.
    let refusal: Refusal?
    /// The answer's JSON.
    let body: Data
    /// The time from the first byte sent to the answer.
    let took: Duration
}

/// A request that had no final answer within its timeout.
struct AnswerTimeout: Error, CustomStringConvertible {
    let path: String
    let timeout: Duration
    var description: String { "no answer to \(path) within \(timeout)" }
}

/// The portal, as the participants of a season use it.
protocol SeasonPortal: Sendable {
    /// Submits a request and waits for its answer. Throws `AnswerTimeout` if there is none in time.
    func submit(_ request: PortalRequest) async throws -> PortalAnswer
    /// Reads a resource as that participant.
    func read(_ path: String, as participant: Participant) async throws -> Data
    /// Uploads a paper and returns its hash.
    func upload(_ bytes: Data, name: String, as participant: Participant) async throws -> ContentHash
}

/// The clock of the rehearsal, which the season advances.
protocol SeasonClock: Sendable {
    /// Advances to that instant, stopping at every timer due before it and waiting for quiescence each time.
    func advance(to instant: Date) async throws
}
