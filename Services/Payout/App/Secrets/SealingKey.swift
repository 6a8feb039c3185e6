import Foundation
import Kernel
import Messages
import Messaging
import Postgres

/// Tells others, once, which key to seal fields for us with.
struct SealingKey: Sendable {
    let vault: Vault
    let speaker: Speaker

    func publish(at now: Date) async throws {
        try await speaker.transaction("payout.publish-key", at: now) { connection, say in
            guard try await connection.execute(Self.note, vault.keyID, now) == 1 else { return }
            try say.publish(PayoutKeyPublished(keyID: vault.keyID, publicKey: vault.publicKey), key: "payout")
        }
    }

    private static let note = PostgresStatement(
        "payout.note-key", "insert into sealing_key values ($1, $2) on conflict (key_id) do nothing")
}
