import Foundation
import Messaging
import Synchronization

/// The verification keys that this process has read lately, of whichever database: by them a sender is judged before a batch's rows are
/// loaded. They only ever serve to refuse early; what is done is judged by the keys that are loaded with the rows.
final class KnownKeys: Sendable {
    static let shared = KnownKeys()
    /// Keys live for weeks; a process that has read more forgets them and reads on.
    private static let atMost = 256

    private struct State {
        var keys: [String: VerificationKey] = [:]
        var verifier = TokenVerifier(keys: [])
    }

    private let state = Mutex(State())

    /// Notes keys as a database has them.
    func note(_ read: some Collection<VerificationKey>) {
        guard !read.isEmpty else { return }
        state.withLock { state in
            guard read.contains(where: { state.keys[$0.keyID] != $0 }) else { return }
            if state.keys.count >= Self.atMost { state.keys = [:] }
            for key in read { state.keys[key.keyID] = key }
            state.verifier = TokenVerifier(keys: state.keys.values)
        }
    }

    /// Who sends a command, where that can be told already; nil where it cannot, or the token is worth nothing.
    func principal(of context: HandlingContext) -> Principal? {
        let verifier = state.withLock { $0.verifier }
        return try? verifier.claims(of: context.envelope.token, receivedAt: context.now, wallClock: Date()).principal
    }
}
