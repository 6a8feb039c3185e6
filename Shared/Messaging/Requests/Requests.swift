public import Foundation
import Kafka
public import Kernel
public import Messages
import Postgres

/// The asking side of a command: promises it, and waits for its answer.
///
/// A promise is a commit: when `accept` returns, the command stands in the outbox and will be sent and answered, whatever
/// dies meanwhile. The same idempotency key of the same organisation and operation is the same command.
public struct Requests: Sendable {
    /// What the caller asked for, besides the command itself.
    public struct Caller: Sendable, Hashable {
        /// The organisation on whose behalf it is asked.
        public let organisation: String
        /// The operation's name in the API, for example `place-order`.
        public let operation: String
        /// The caller's own name for this request, 1 to 200 bytes.
        public let idempotencyKey: String
        /// SHA-256 of the request's body as it came.
        public let bodyHash: ContentHash
        /// When it came: the instant every decision about it counts as now.
        public let receivedAt: Date
        /// The caller's access token.
        public let token: String?

        /// A caller and what identifies its request.
        public init(
            organisation: String, operation: String, idempotencyKey: String, bodyHash: ContentHash, receivedAt: Date, token: String? = nil
        ) {
            self.organisation = organisation
            self.operation = operation
            self.idempotencyKey = idempotencyKey
            self.bodyHash = bodyHash
            self.receivedAt = receivedAt
            self.token = token
        }
    }

    let pool: PostgresPool
    let waiters: ReplyWaiters
    let hasSaid: @Sendable () -> Void

    /// The namespace of command ids: UUIDv5 of (organisation, operation, idempotency key) in it.
    public static let namespace = UUID(
        uuid: (0x71, 0x75, 0x61, 0x6e, 0x63, 0x6d, 0x54, 0x64, 0x8e, 0x1d, 0x5b, 0x0e, 0x21, 0x9c, 0x40, 0x11))

    private static let reserve = PostgresStatement(
        "requests.reserve",
        """
        insert into operation (id, organisation, name, idempotency_key, body_sha256, received_at) values ($1, $2, $3, $4, $5, $6)
        on conflict (id) do nothing
        """)

    private static let known = PostgresStatement("requests.known", "select body_sha256 from operation where id = $1")

    private static let remember = PostgresStatement("requests.remember", "update operation set outbox_position = $2 where id = $1")

    private static let outcome = PostgresStatement("requests.outcome", "select outcome from operation where id = $1")

    /// Promises a command. Returns its id, the same for every repetition of the request.
    ///
    /// Throws a `Refusal` under QUAN-05 when the same key came with another body, under QUAN-14 when the idempotency key is
    /// too long or empty, under QUAN-09 when the token is longer than a header may be, and `PostgresError` when nothing could be
    /// promised.
    public func accept<C: Command>(_ command: C, key: String, from caller: Caller) async throws -> UUID {
        guard (1...200).contains(caller.idempotencyKey.utf8.count) else { throw PlatformRule.keyTooLong.refusal() }
        guard (caller.token?.utf8.count ?? 0) <= MessageLimits.headerBytes else { throw PlatformRule.tokenInvalid.refusal() }
        let id = UUIDv5.make(
            namespace: Self.namespace, parts: [caller.organisation, caller.operation, caller.idempotencyKey])
        let body = try MessageBody.encode(command)
        try OutboxDraft.check(key: key, body: body)
        let draft = OutboxDraft(
            id: id, topic: C.topic, key: key, type: C.type, isVersioned: false, time: caller.receivedAt, trace: .begin(),
            token: caller.token, body: body)
        try await pool.withTransaction("requests.accept") { connection in
            let isNew =
                try await connection.execute(
                    Self.reserve,
                    [
                        id, caller.organisation, caller.operation, caller.idempotencyKey, caller.bodyHash.hexadecimal,
                        caller.receivedAt,
                    ]) == 1
            if isNew {
                let positions = try await OutboxWriter.write([draft], on: connection)
                _ = try await connection.execute(Self.remember, [id, positions.first])
            } else {
                let rows = try await connection.query(Self.known, [id])
                guard try rows.first?.decode(column: 0, as: String.self) == caller.bodyHash.hexadecimal else {
                    throw PlatformRule.idempotencyKeyReused.refusal()
                }
            }
        }
        hasSaid()
        return id
    }

    /// The answer to a command, waited for at most `limit`; nil when it is not there by then.
    public func outcome(of id: UUID, within limit: Duration) async throws -> Outcome? {
        let end = ContinuousClock.now + limit
        repeat {
            let turn = waiters.turn(for: id)
            do {
                if let outcome = try await stored(id) {
                    waiters.leave(id, turn)
                    return outcome
                }
            } catch {
                waiters.leave(id, turn)
                throw error
            }
            // The tail is quick but promises nothing: look again now and then.
            if let outcome = await waiters.wait(id, turn, atMost: min(.seconds(1), end - .now)) { return outcome }
        } while ContinuousClock.now < end
        return try await stored(id)
    }

    private func stored(_ id: UUID) async throws -> Outcome? {
        try await pool.withConnection { connection in
            let rows = try await connection.query(Self.outcome, [id])
            guard let bytes = try rows.first?.decode(column: 0, as: [UInt8]?.self) else { return nil }
            return try MessageBody.decode(Outcome.self, from: bytes)
        }
    }
}
