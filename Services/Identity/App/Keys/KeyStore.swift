import Access
import Crypto
import Foundation
import IdentityDomain
import Postgres

/// A signing key with its private key.
struct SigningKey: Sendable {
    let signer: TokenSigner
    let signsFrom: Date

    var policyKey: KeyRotationPolicy.Key { KeyRotationPolicy.Key(id: signer.keyID, signsFrom: signsFrom) }
}

/// The signing keys in the database of `identity`.
struct KeyStore: Sendable {
    let seal: KeySeal?

    /// The lock prevents two instances that start at the same time from creating two keys.
    private static let lock = PostgresStatement("keys.lock", "select pg_advisory_xact_lock(7002) is null")
    private static let list = PostgresStatement(
        "keys.list",
        "select key_id, private_key, is_sealed, signs_from from signing_key where private_key is not null order by signs_from, key_id")
    private static let insert = PostgresStatement(
        "keys.insert",
        "insert into signing_key (key_id, public_key, private_key, is_sealed, signs_from) values ($1, $2, $3, $4, $5)")
    private static let reseal = PostgresStatement(
        "keys.reseal", "update signing_key set private_key = $2, is_sealed = true where key_id = $1 and private_key is not null")
    private static let revoke = PostgresStatement(
        "keys.revoke", "update signing_key set private_key = null, revoked_at = $2 where key_id = $1")

    func lock(_ connection: PostgresConnection) async throws { _ = try await connection.query(Self.lock) }

    /// The keys that are not revoked, in the order in which they sign. An unencrypted key is encrypted here where there is a master key.
    func keys(_ connection: PostgresConnection) async throws -> [SigningKey] {
        var keys: [SigningKey] = []
        for (keyID, stored, isSealed, signsFrom) in try await connection.query(Self.list)
            .decode(String.self, Data.self, Bool.self, Date.self)
        {
            let privateKey = isSealed ? try opened(stored, of: keyID) : stored
            if !isSealed, let seal { _ = try await connection.execute(Self.reseal, keyID, try seal.seal(privateKey, of: keyID)) }
            let signer = TokenSigner(try Curve25519.Signing.PrivateKey(rawRepresentation: privateKey))
            guard signer.keyID == keyID else { throw KeyFault.unreadable }
            keys.append(SigningKey(signer: signer, signsFrom: signsFrom))
        }
        return keys
    }

    private func opened(_ stored: Data, of keyID: String) throws -> Data {
        guard let seal else { throw KeyFault.masterKeyMissing }
        return try seal.open(stored, of: keyID)
    }

    func add(_ privateKey: Curve25519.Signing.PrivateKey, signsFrom: Date, _ connection: PostgresConnection) async throws -> SigningKey {
        let signer = TokenSigner(privateKey)
        let raw = privateKey.rawRepresentation
        _ = try await connection.execute(
            Self.insert, signer.keyID, signer.publicKey, try seal?.seal(raw, of: signer.keyID) ?? raw, seal != nil, signsFrom)
        return SigningKey(signer: signer, signsFrom: signsFrom)
    }

    /// Revokes a key and deletes its private key, so that it cannot be stolen.
    func revoke(_ keyID: String, at now: Date, _ connection: PostgresConnection) async throws {
        _ = try await connection.execute(Self.revoke, keyID, now)
    }
}
