import Access
import Foundation
import Kernel
import Postgres
import Synchronization

/// Verifies callers' access tokens with the keys that identity has published.
final class TokenAuthenticator: Sendable {
    private struct CachedVerifier {
        let verifier: TokenVerifier
        let loadedAt: ContinuousClock.Instant
    }

    /// How long the portal may still accept a revoked key; the services verify the token of every command again.
    private static let maximumAge = Duration.seconds(5)
    /// The minimum interval between reloads of the keys that tokens with unknown keys cause.
    private static let minimumReloadInterval = Duration.milliseconds(200)

    private let pool: PostgresPool
    private let cached = Mutex<CachedVerifier?>(nil)

    init(pool: PostgresPool) { self.pool = pool }

    /// The principal of a token. Throws a `Refusal` under QUAN-09 that names the fault.
    func principal(of token: String?, receivedAt receipt: Date) async throws -> Principal {
        do {
            return try await verifier(noOlderThan: Self.maximumAge).claims(of: token, receivedAt: receipt, wallClock: WallClock().now())
                .principal
        } catch TokenFault.unknownKey {
            do {
                return try await verifier(noOlderThan: Self.minimumReloadInterval)
                    .claims(of: token, receivedAt: receipt, wallClock: WallClock().now()).principal
            } catch let fault as TokenFault {
                throw fault.refusal
            }
        } catch let fault as TokenFault {
            throw fault.refusal
        }
    }

    private func verifier(noOlderThan age: Duration) async throws -> TokenVerifier {
        if let cached = cached.withLock({ $0 }), cached.loadedAt + age > .now { return cached.verifier }
        let verifier = try await pool.withConnection { connection in
            var rows = AccessRows()
            try await rows.load(connection)
            return rows.verifier
        }
        cached.withLock { $0 = CachedVerifier(verifier: verifier, loadedAt: .now) }
        return verifier
    }
}
