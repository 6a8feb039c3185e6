import Access
import Crypto
import Foundation
import IdentityDomain
import Kernel
import Logging
import Messaging
import Postgres
import Synchronization

/// Creates, publishes, rotates and revokes the signing keys. It uses the wall clock, in a rehearsal too.
final class KeyRotator: Sendable {
    /// A key is valid from this long before its creation, because other machines' clocks stamp the instants of receipt.
    private static let skewSeconds: TimeInterval = 60

    private let store: KeyStore
    private let policy: KeyRotationPolicy
    private let publisher: OutboxPublisher
    private let clock: any InstantSource
    private let logger: Logger
    private let keys = Mutex<[SigningKey]>([])

    init(store: KeyStore, policy: KeyRotationPolicy, publisher: OutboxPublisher, clock: any InstantSource = WallClock(), logger: Logger) {
        (self.store, self.policy, self.publisher, self.clock, self.logger) = (store, policy, publisher, clock, logger)
        if store.seal == nil {
            logger.warning("identity.masterKey is not set: the private signing keys are stored unencrypted")
        }
    }

    /// The key that signs now; nil before the first rotation.
    func signer() -> TokenSigner? {
        let now = clock.now()
        return keys.withLock { keys in
            let signing = KeyRotationPolicy.signing(among: keys.map(\.policyKey), at: now)
            return keys.first { $0.signer.keyID == signing?.id }?.signer
        }
    }

    /// The published keys, one of which may not sign yet.
    var published: [TokenSigner] { keys.withLock { $0.map(\.signer) } }

    /// Creates and revokes the keys that are due. Each change is published in the transaction that stores it.
    func rotate() async throws {
        let now = clock.now()
        let current = try await publisher.transaction("keys", at: now) { connection, output in
            try await store.lock(connection)
            var keys = try await store.keys(connection)
            var access = AccessRows()
            if let signsFrom = policy.newKey(among: keys.map(\.policyKey), at: now) {
                let key = try await store.add(Curve25519.Signing.PrivateKey(), signsFrom: signsFrom, connection)
                keys.append(key)
                try publish(key, revokedAt: nil, now, &access, &output)
            }
            for spent in policy.spent(among: keys.map(\.policyKey), at: now) {
                guard let key = keys.first(where: { $0.signer.keyID == spent.id }) else { continue }
                try await store.revoke(spent.id, at: now, connection)
                keys.removeAll { $0.signer.keyID == spent.id }
                try publish(key, revokedAt: now, now, &access, &output)
            }
            try connection.enqueue(access.writes())
            return keys
        }
        keys.withLock { $0 = current }
    }

    /// Publishes the key as an event, and stores it in identity's own `verification_key` in the same transaction.
    private func publish(_ key: SigningKey, revokedAt: Date?, _ now: Date, _ access: inout AccessRows, _ output: inout HandlerOutput) throws
    {
        let from = min(now, key.signsFrom).addingTimeInterval(-Self.skewSeconds)
        let published = key.signer.published(notBefore: from, revokedAt: revokedAt)
        try access.record(published)
        try output.publish(published, key: key.signer.keyID)
        logger.notice(
            revokedAt == nil ? "created a signing key" : "revoked a signing key", metadata: ["kid": "\(key.signer.keyID)"])
    }

    /// Rotates the keys at once and then at every interval until it is cancelled. A database error is retried; any other error ends it.
    func run(every interval: Duration = .seconds(30)) async throws {
        while true {
            do {
                try await rotate()
            } catch let error as PostgresError {
                logger.warning("cannot rotate the signing keys; retrying", metadata: ["error": "\(error)"])
            }
            try await Task.sleep(for: published.isEmpty ? .seconds(1) : interval)
        }
    }
}
