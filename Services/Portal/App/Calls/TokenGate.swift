import Access
import Foundation
import Kernel
import Postgres
import Synchronization

/// Judges the access tokens of callers by the keys that identity has published.
final class TokenGate: Sendable {
    private struct Known {
        let verifier: TokenVerifier
        let loadedAt: ContinuousClock.Instant
    }

    /// A key that is revoked counts no longer than this here; services judge every command by what they know themselves.
    private static let fresh = Duration.seconds(5)
    /// Whoever sends tokens of unknown keys has the keys looked up no more often than this.
    private static let pause = Duration.milliseconds(200)

    private let pool: PostgresPool
    private let known = Mutex<Known?>(nil)

    init(pool: PostgresPool) { self.pool = pool }

    /// Who the token is of. Throws a `Refusal` under QUAN-09 that says what is wrong with it.
    func principal(of token: String?, receivedAt receipt: Date) async throws -> Principal {
        do {
            return try await verifier(noOlderThan: Self.fresh).claims(of: token, receivedAt: receipt, wallClock: WallClock().now())
                .principal
        } catch TokenFault.unknownKey {
            do {
                return try await verifier(noOlderThan: Self.pause)
                    .claims(of: token, receivedAt: receipt, wallClock: WallClock().now()).principal
            } catch let fault as TokenFault {
                throw fault.refusal
            }
        } catch let fault as TokenFault {
            throw fault.refusal
        }
    }

    private func verifier(noOlderThan age: Duration) async throws -> TokenVerifier {
        if let known = known.withLock({ $0 }), known.loadedAt + age > .now { return known.verifier }
        let verifier = try await pool.withConnection { connection in
            var rows = AccessRows()
            try await rows.load(connection)
            return rows.verifier
        }
        known.withLock { $0 = Known(verifier: verifier, loadedAt: .now) }
        return verifier
    }
}
