import Foundation
import Synchronization

/// The tokens whose signature was found good lately: whoever sends many requests sends the same token with them, and what it says and which
/// key has signed it never change. What does change (the time, which keys count) is judged anew each time.
///
/// Holds a bounded number of tokens, none of them forged, so that nobody can fill it with tokens that nobody gave.
final class SignedTokens: Sendable {
    /// A token as it was read, and the public key it was signed with.
    struct Signed: Sendable {
        let form: TokenForm
        let publicKey: Data
    }

    private struct State {
        // By their octets: texts also count as the same where other letters stand for one another (U+212A for K).
        var recent: [[UInt8]: Signed] = [:]
        var older: [[UInt8]: Signed] = [:]
    }

    /// What this process has found.
    static let lately = SignedTokens(atMost: 4096)

    private let half: Int
    private let state = Mutex(State())

    /// - Parameter count: how many it holds at most.
    init(atMost count: Int) { half = max(1, count / 2) }

    /// The token, where it was found to be well signed.
    subscript(_ token: String) -> Signed? {
        let octets = Array(token.utf8)
        return state.withLock { $0.recent[octets] ?? $0.older[octets] }
    }

    /// Notes what was found.
    func note(_ signed: Signed, of token: String) {
        state.withLock { state in
            if state.recent.count >= half {
                state.older = state.recent
                state.recent = [:]
            }
            state.recent[Array(token.utf8)] = signed
        }
    }

    /// How many are held.
    var count: Int { state.withLock { $0.recent.count + $0.older.count } }
}
