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

        /// The command's id: the same for the same request.
        var commandID: UUID { UUIDv5.make(namespace: Requests.namespace, parts: [organisation, operation, idempotencyKey]) }
    }

    let pool: PostgresPool
    /// Lends sessions that look rows up by their keys.
    let lookUps: PostgresPool
    let waiters: ReplyWaiters
    /// What was promised here and answered to nobody yet.
    let unanswered = UnansweredRequests()
    /// Told what was written and committed.
    let hasWritten: @Sendable (OutboxWriting) -> Void

    init(
        pool: PostgresPool, lookUps: PostgresPool? = nil, waiters: ReplyWaiters, hasWritten: @escaping @Sendable (OutboxWriting) -> Void
    ) {
        self.pool = pool
        self.lookUps = lookUps ?? pool
        self.waiters = waiters
        self.hasWritten = hasWritten
    }

    /// How far this service has come with what it was told of some keys, for a command to name. Throws `PostgresError`.
    public func heard(_ streams: Set<HeardEvents.Stream>) async throws -> HeardEvents {
        try await lookUps.withConnection { try await HeardEvents.load(streams, on: $0) }
    }

    /// The namespace of command ids: UUIDv5 of (organisation, operation, idempotency key) in it.
    public static let namespace = UUID(
        uuid: (0x71, 0x75, 0x61, 0x6e, 0x63, 0x6d, 0x54, 0x64, 0x8e, 0x1d, 0x5b, 0x0e, 0x21, 0x9c, 0x40, 0x11))

    /// The operation, and the command in the outbox with its number: one statement, and so one transaction, one round
    /// trip and one flush. The position is drawn first, so that the operation's row is written once.
    private static let reserve = PostgresStatement(
        "requests.reserve",
        """
        with reserved as (
            insert into operation (id, organisation, name, idempotency_key, body_sha256, received_at, outbox_position)
            values ($1, $2, $3, $4, $5, $6, nextval('outbox_position_seq'))
            on conflict (id) do nothing
            returning outbox_position as position),
        given as (
            insert into outbox_sequence as s (topic, shard, last) select $7, $8, 1 from reserved
            on conflict (topic, shard) do update set last = s.last + 1
            returning last)
        insert into outbox (position, message_id, topic, shard, sequence, key, type, occurred_at, traceparent, token, body)
        overriding system value
        select r.position, $1, $7, $8, g.last, $9, $10, $6, $11, $12, $13 from reserved r, given g
        returning position, sequence, null::bigint
        """)

    private static let known = PostgresStatement("requests.known", "select body_sha256 from operation where id = $1")

    private static let said = PostgresStatement("requests.said", "select outcome, set_aside from operation where id = $1")

    /// Promises a command. Returns its id, the same for every repetition of the request.
    ///
    /// Throws a `Refusal` under QUAN-05 when the same key came with another body, under QUAN-14 when the idempotency key is
    /// too long or empty, under QUAN-09 when the token is longer than a header may be, and `PostgresError` when nothing could be
    /// promised.
    public func accept<C: Command>(_ command: C, key: String, from caller: Caller) async throws -> UUID {
        _ = try await promise(command, key: key, from: caller)
        return caller.commandID
    }

    /// Promises a command and waits until it is answered or known to be set aside, at most `limit`; nil when it is neither by then. Throws what
    /// `accept` throws.
    public func ask<C: Command>(
        _ command: C, key: String, from caller: Caller, within limit: Duration
    ) async throws -> (id: UUID, reply: Reply?) {
        let (id, end) = (caller.commandID, ContinuousClock.now + limit)
        // Whoever listens before anything is promised need not look whether there is an answer already.
        let turn = waiters.turn(for: id)
        unanswered.begin(id)
        let reply: Reply?
        do {
            reply = try await self.reply(to: command, key: key, from: caller, turn, until: end)
        } catch {
            unanswered.end(id)
            throw error
        }
        // Whoever is told the outcome may ask at once for what was done: from here on it counts as answered.
        if reply?.outcome != nil { unanswered.end(id) }
        return (id, reply)
    }

    private func reply<C: Command>(
        to command: C, key: String, from caller: Caller, _ turn: Int, until end: ContinuousClock.Instant
    ) async throws -> Reply? {
        let id = caller.commandID
        do {
            guard try await promise(command, key: key, from: caller) else {
                waiters.leave(id, turn)
                return try await reply(to: id, within: end - .now)
            }
        } catch {
            waiters.leave(id, turn)
            throw error
        }
        if let reply = await waiters.wait(id, turn, atMost: min(.seconds(1), end - .now)) { return reply }
        return try await reply(to: id, within: max(.zero, end - .now))
    }

    /// Whether the promise is a new one.
    private func promise<C: Command>(_ command: C, key: String, from caller: Caller) async throws -> Bool {
        guard (1...200).contains(caller.idempotencyKey.utf8.count) else { throw PlatformRule.keyTooLong.refusal() }
        guard (caller.token?.utf8.count ?? 0) <= MessageLimits.headerBytes else { throw PlatformRule.tokenInvalid.refusal() }
        let body = try Self.body(of: command)
        try OutboxDraft.check(key: key, body: body)
        let draft = OutboxDraft(
            id: caller.commandID, topic: C.topic, key: key, type: C.type, isVersioned: false, time: caller.receivedAt, trace: .begin(),
            token: caller.token, body: body)
        let writing = OutboxWriting(drafts: [draft])
        let isNew = try await pool.withConnection { connection in
            let reserved = try await connection.query(Self.reserve, Self.columns(draft, caller))
            writing.answer.rows = reserved
            if reserved.count == 1 { return true }
            let rows = try await connection.query(Self.known, [draft.id])
            guard try rows.first?.decode(column: 0, as: String.self) == caller.bodyHash.hexadecimal else {
                throw PlatformRule.idempotencyKeyReused.refusal()
            }
            return false
        }
        // Said again, it may be that nobody has sent it yet.
        hasWritten(writing)
        return isNew
    }

    /// The command as it travels. Throws a `Refusal` under QUAN-01 for a text that is none of its class: nothing is promised that its receiver
    /// would not take.
    private static func body(of command: some Command) throws -> [UInt8] {
        do {
            return try MessageBody.encode(command)
        } catch let fault as EnvelopeFault {
            throw fault.refusal
        }
    }

    private static func columns(_ draft: OutboxDraft, _ caller: Caller) -> [any PostgresEncodable] {
        [
            draft.id, caller.organisation, caller.operation, caller.idempotencyKey, caller.bodyHash.hexadecimal, draft.time, draft.topic,
            draft.shard, draft.key, draft.type.description, draft.trace?.traceparent, draft.token, draft.body,
        ]
    }

    /// The answer to a command, waited for at most `limit`; nil when it is not there by then, though the command may be set aside.
    public func outcome(of id: UUID, within limit: Duration) async throws -> Outcome? {
        try await reply(to: id, within: limit, isDecided: true)?.outcome
    }

    /// What was said of a command, waited for at most `limit`; nil when nothing was said by then.
    public func reply(to id: UUID, within limit: Duration) async throws -> Reply? {
        try await reply(to: id, within: limit, isDecided: false)
    }

    private func reply(to id: UUID, within limit: Duration, isDecided: Bool) async throws -> Reply? {
        let end = ContinuousClock.now + limit
        func isWanted(_ reply: Reply) -> Bool { !isDecided || reply.outcome != nil }
        repeat {
            let turn = waiters.turn(for: id)
            do {
                if let reply = try await stored(id), isWanted(reply) {
                    waiters.leave(id, turn)
                    return reply
                }
            } catch {
                waiters.leave(id, turn)
                throw error
            }
            // The tail is quick but promises nothing: look again now and then.
            if let reply = await waiters.wait(id, turn, atMost: min(.seconds(1), end - .now)), isWanted(reply) { return reply }
        } while ContinuousClock.now < end
        return try await stored(id).flatMap { isWanted($0) ? $0 : nil }
    }

    private func stored(_ id: UUID) async throws -> Reply? {
        try await pool.withConnection { connection in
            let rows = try await connection.query(Self.said, [id])
            guard let (outcome, note) = try rows.decode([UInt8]?.self, [UInt8]?.self).first else { return nil }
            if let outcome { return .decided(try MessageBody.decode(Outcome.self, from: outcome)) }
            return try note.map { .setAside(try MessageBody.decode(CommandSetAside.self, from: $0)) }
        }
    }
}
