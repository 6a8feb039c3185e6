import Access
import Crypto
import Foundation
import IdentityDomain
import Kernel
import Logging
import Messaging
import Postgres
import Synchronization

/// Makes the signing keys, publishes them, lets one follow another, and revokes what is spent. By the machine's clock, in a rehearsal too.
final class KeyKeeper: Sendable {
    /// A key counts from a little before it was made: receipts are stamped by other machines' clocks.
    private static let skewSeconds: TimeInterval = 60

    private let store: KeyStore
    private let rota: KeyRota
    private let speaker: Speaker
    private let clock: any InstantSource
    private let logger: Logger
    private let keys = Mutex<[SigningKey]>([])

    init(store: KeyStore, rota: KeyRota, speaker: Speaker, clock: any InstantSource = WallClock(), logger: Logger) {
        (self.store, self.rota, self.speaker, self.clock, self.logger) = (store, rota, speaker, clock, logger)
        if store.seal == nil {
            logger.warning("identity.masterKey is not set: the private signing keys lie in the database as they are")
        }
    }

    /// What signs at this instant; nil before the first turn.
    func signer() -> TokenSigner? {
        let now = clock.now()
        return keys.withLock { keys in
            let signing = KeyRota.signing(among: keys.map(\.rotaKey), at: now)
            return keys.first { $0.signer.keyID == signing?.id }?.signer
        }
    }

    /// The keys that tokens may be signed with.
    var published: [TokenSigner] { keys.withLock { $0.map(\.signer) } }

    /// Sees to the keys once: what is made and what is revoked is published in the transaction that writes it down.
    func turn() async throws {
        let now = clock.now()
        let current = try await speaker.transaction("keys", at: now) { connection, say in
            try await store.lock(connection)
            var keys = try await store.keys(connection)
            var access = AccessRows()
            if let signsFrom = rota.newKey(among: keys.map(\.rotaKey), at: now) {
                let key = try await store.add(Curve25519.Signing.PrivateKey(), signsFrom: signsFrom, connection)
                keys.append(key)
                try publish(key, revokedAt: nil, now, &access, &say)
            }
            for spent in rota.spent(among: keys.map(\.rotaKey), at: now) {
                guard let key = keys.first(where: { $0.signer.keyID == spent.id }) else { continue }
                try await store.revoke(spent.id, at: now, connection)
                keys.removeAll { $0.signer.keyID == spent.id }
                try publish(key, revokedAt: now, now, &access, &say)
            }
            try connection.enqueue(access.writes())
            return keys
        }
        keys.withLock { $0 = current }
    }

    /// To the others by event, and to identity's own table of keys at once.
    private func publish(_ key: SigningKey, revokedAt: Date?, _ now: Date, _ access: inout AccessRows, _ say: inout Said) throws {
        let from = min(now, key.signsFrom).addingTimeInterval(-Self.skewSeconds)
        let published = key.signer.published(notBefore: from, revokedAt: revokedAt)
        try access.take(published)
        try say.publish(published, key: key.signer.keyID)
        logger.notice(
            revokedAt == nil ? "a signing key was made" : "a signing key was revoked", metadata: ["kid": "\(key.signer.keyID)"])
    }

    /// Sees to the keys at once and then every so often, until it is cancelled. A passing failure waits for the next time; anything else ends it.
    func run(every pause: Duration = .seconds(30)) async throws {
        while true {
            do {
                try await turn()
            } catch let error as PostgresError {
                logger.warning("the signing keys could not be seen to; trying again", metadata: ["error": "\(error)"])
            }
            try await Task.sleep(for: published.isEmpty ? .seconds(1) : pause)
        }
    }
}
