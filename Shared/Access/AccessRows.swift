public import Foundation
import Kernel
public import Messages
public import Messaging
public import Postgres

/// The keys a batch of messages is judged by, for a service's `WorkingRows` to hold: few, so all are loaded.
///
/// ```swift
/// struct OrderRows: HoldsAccess {
///     var access = AccessRows()
///     mutating func load(_ connection: PostgresConnection) async throws { try await access.load(connection) }
///     func writes() -> [PostgresStep] { access.writes() }
/// }
/// ```
public struct AccessRows: Sendable {
    private var keys: [String: VerificationKey] = [:]
    private var changed: Set<String> = []
    private var database = ""

    /// Nothing loaded.
    public init() {}

    /// The keys that are known.
    public var verifier: TokenVerifier { TokenVerifier(keys: keys.values) }

    /// Who sends a command. Throws a `Refusal` (QUAN-09) that says what is wrong with the token, or `KeyNotArrived` while the command
    /// may wait for the token's key.
    ///
    /// Whether the role and the organisation may do it is the handler's to judge.
    public func principal(of context: HandlingContext) throws -> Principal {
        try principal(token: context.envelope.token, receivedAt: context.now)
    }

    /// The same for a token that came another way, over HTTP for instance.
    public func principal(token: String?, receivedAt receipt: Date) throws -> Principal {
        do throws(TokenFault) {
            return try verifier.claims(of: token, receivedAt: receipt, wallClock: WallClock().now()).principal
        } catch {
            if error == .unknownKey, TokenVerifier.keyID(of: token) != nil,
                ProcessKeyWaits.shared.mayWait(database: database, keysKnown: keys.count)
            {
                throw KeyNotArrived()
            }
            throw error.refusal
        }
    }

    /// Takes down a key as identity published it. Throws `MalformedKey`.
    public mutating func take(_ published: KeyPublished) throws {
        let key = try VerificationKey(published)
        keys[key.keyID] = key
        changed.insert(key.keyID)
    }

    /// What `take` takes the answer of: all keys.
    public static let all = PostgresStatement(
        "access.keys",
        """
        select current_database()::text, key_id, public_key, not_before, revoked_at
        from (select) as one left join verification_key on true order by key_id
        """)
    private static let write = PostgresStatement(
        "access.write",
        """
        insert into verification_key (key_id, public_key, not_before, revoked_at)
        select * from unnest($1::text[], $2::bytea[], $3::timestamptz[], $4::timestamptz[])
        on conflict (key_id) do update set not_before = excluded.not_before, revoked_at = excluded.revoked_at
        """)

    /// Loads all keys.
    public mutating func load(_ connection: PostgresConnection) async throws { try take(try await connection.query(Self.all)) }

    /// The same, for who asks for more in the same round trip.
    public mutating func take(_ rows: PostgresRows) throws {
        for (database, keyID, publicKey, notBefore, revokedAt) in try rows.decode(
            String.self, String?.self, Data?.self, Date?.self, Date?.self)
        {
            self.database = database
            guard let keyID, let publicKey, let notBefore else { continue }
            keys[keyID] = VerificationKey(keyID: keyID, publicKey: publicKey, notBefore: notBefore, revokedAt: revokedAt)
        }
        KnownKeys.shared.note(keys.values)
    }

    /// Writes the keys taken down.
    public func writes() -> [PostgresStep] {
        guard !changed.isEmpty else { return [] }
        let all = changed.sorted().compactMap { keys[$0] }
        return [PostgresStep(Self.write, all.map(\.keyID), all.map(\.publicKey), all.map(\.notBefore), all.map(\.revokedAt))]
    }
}

/// A service's rows that hold the keys.
public protocol HoldsAccess: WorkingRows {
    /// The keys. `load` and `writes` of the rows call those of this.
    var access: AccessRows { get set }
}
