import Foundation
import Synchronization

/// The tokens whose signatures were verified recently. A client sends the same token with many requests, and its claims and signing key
/// never change. Expiry and revocation of the key are checked each time.
///
/// Holds a bounded number of tokens. Only verified tokens are stored, so an attacker cannot fill the cache with forged ones.
final class VerifiedTokenCache: Sendable {
    /// A parsed token and the public key that verified it.
    struct Entry: Sendable {
        let token: ParsedToken
        let publicKey: Data
    }

    private struct State {
        // Keyed by bytes, because Swift strings are equal under canonical equivalence (U+212A and K).
        var recent: [[UInt8]: Entry] = [:]
        var older: [[UInt8]: Entry] = [:]
    }

    /// The cache of this process.
    static let shared = VerifiedTokenCache(maximumCount: 4096)

    private let half: Int
    private let state = Mutex(State())

    /// - Parameter count: the maximum number of tokens held.
    init(maximumCount count: Int) { half = max(1, count / 2) }

    /// The entry of a token; nil if its signature was not verified recently.
    subscript(_ token: String) -> Entry? {
        let octets = Array(token.utf8)
        return state.withLock { $0.recent[octets] ?? $0.older[octets] }
    }

    /// Stores a verified token.
    func store(_ entry: Entry, for token: String) {
        state.withLock { state in
            if state.recent.count >= half {
                state.older = state.recent
                state.recent = [:]
            }
            state.recent[Array(token.utf8)] = entry
        }
    }

    /// The number of tokens held.
    var count: Int { state.withLock { $0.recent.count + $0.older.count } }
}
