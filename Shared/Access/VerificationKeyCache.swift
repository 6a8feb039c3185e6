import Foundation
import Messaging
import Synchronization

/// The verification keys that this process has read recently, from any database. They are used only to refuse a sender before a batch's
/// rows are loaded; a command is authorised by the keys that are loaded with the rows.
final class VerificationKeyCache: Sendable {
    static let shared = VerificationKeyCache()
    /// A key lives for weeks, so this is never reached in practice; at this number the cache is emptied.
    private static let maximumKeys = 256

    private struct State {
        var keys: [String: VerificationKey] = [:]
        var verifier = TokenVerifier(keys: [])
    }

    private let state = Mutex(State())

    /// Stores keys read from a database.
    func store(_ read: some Collection<VerificationKey>) {
        guard !read.isEmpty else { return }
        state.withLock { state in
            guard read.contains(where: { state.keys[$0.keyID] != $0 }) else { return }
            if state.keys.count >= Self.maximumKeys { state.keys = [:] }
            for key in read { state.keys[key.keyID] = key }
            state.verifier = TokenVerifier(keys: state.keys.values)
        }
    }

    /// The sender of a command; nil if the token's key is not cached or the token is invalid.
    func principal(of context: HandlingContext) -> Principal? {
        let verifier = state.withLock { $0.verifier }
        return try? verifier.claims(of: context.envelope.token, receivedAt: context.now, wallClock: Date()).principal
    }
}
