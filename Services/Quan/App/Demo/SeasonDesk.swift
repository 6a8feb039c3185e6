import Foundation
import Kernel
import Messaging

/// Who asks for something in a season.
struct Player: Sendable, Hashable {
    /// The person's reference.
    let person: String
    /// The organisation.
    let organisation: UUID
    /// The role in the programme.
    let role: String
}

/// A request of a player, as the portal takes it.
struct DeskRequest: Sendable {
    /// Who asks.
    let player: Player
    /// Where, under `/api/v1/`.
    let path: String
    /// What, as JSON.
    let body: Data
    /// The idempotency key: the same request again is the same request.
    let key: String

    init(_ player: Player, _ path: String, _ body: some Encodable & Sendable, key: String) throws {
        self.player = player
        self.path = path
        self.body = Data(try MessageBody.encode(body))
        self.key = key
    }
}

/// What a player is told.
struct DeskAnswer: Sendable {
    /// The operation's id, which is that of what it makes.
    let id: UUID
    /// Why not; nil where it was done.
    let refusal: Refusal?
    /// The answer's JSON.
    let body: Data
    /// How long it took, from the first byte sent.
    let took: Duration
}

/// A request that was promised, or sent, and had no answer within its deadline.
struct NoAnswer: Error, CustomStringConvertible {
    let path: String
    let waited: Duration
    var description: String { "no answer to \(path) within \(waited)" }
}

/// Where the players of a season hand things in: the portal.
protocol SeasonDesk: Sendable {
    /// Hands in a request and waits for its answer. Throws `NoAnswer` where there is none.
    func submit(_ request: DeskRequest) async throws -> DeskAnswer
    /// Something that can be read, as that player.
    func read(_ path: String, as player: Player) async throws -> Data
    /// Puts a paper into the store; its hash.
    func upload(_ bytes: Data, name: String, as player: Player) async throws -> ContentHash
}

/// The clock of the rehearsal, which the play moves on.
protocol SeasonClock: Sendable {
    /// Moves on to that instant, stopping at every timer that is due before, each time when everything has come to rest.
    func advance(to instant: Date) async throws
}
