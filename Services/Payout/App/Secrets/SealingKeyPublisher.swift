import Foundation
import Kernel
import Messages
import Messaging
import Postgres

/// Publishes the public key that other services seal account numbers with, once per key.
struct SealingKeyPublisher: Sendable {
    let cipher: AccountCipher
    let publisher: OutboxPublisher

    func publish(at now: Date) async throws {
        try await publisher.transaction("payout.publish-key", at: now) { connection, output in
            guard try await connection.execute(Self.recordKey, cipher.keyID, now) == 1 else { return }
            try output.publish(PayoutKeyPublished(keyID: cipher.keyID, publicKey: cipher.publicKey), key: "payout")
        }
    }

    private static let recordKey = PostgresStatement(
        "payout.record-key", "insert into sealing_key values ($1, $2) on conflict (key_id) do nothing")
}
