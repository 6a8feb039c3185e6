public import Foundation
public import Kernel
public import Messages
import Postgres

/// Accepts commands for other services and waits for their answers.
///
/// When `accept` returns, the command is committed to the outbox and will be sent and answered, even if this process dies. The same
/// idempotency key of the same organisation and operation is the same command.
public struct Requests: Sendable {
    /// The caller of an operation, and what identifies its request.
    public struct Caller: Sendable, Hashable {
        /// The organisation on whose behalf the request is made.
        public let organisation: String
        /// The operation's name in the API, for example `place-order`.
        public let operation: String
        /// The request's idempotency key, 1 to 200 bytes.
        public let idempotencyKey: String
        /// SHA-256 of the request's body as received.
        public let bodyHash: ContentHash
        /// When the request was received: the current time for every decision about it.
        public let receivedAt: Date
        /// The caller's access token.
        public let token: String?

        /// Creates a caller.
        public init(
            organisation: String, operation: String, idempotencyKey: String, bodyHash: ContentHash, receivedAt: Date, token: String? = nil
        ) {
            (self.organisation, self.operation, self.idempotencyKey) = (organisation, operation, idempotencyKey)
            (self.bodyHash, self.receivedAt, self.token) = (bodyHash, receivedAt, token)
        }

        /// The command's id: the same for the same request.
        var commandID: UUID { UUIDv5.make(namespace: Self.namespace, parts: [organisation, operation, idempotencyKey]) }

        private static let namespace = UUID(
            uuid: (0x71, 0x75, 0x61, 0x6e, 0x63, 0x6d, 0x54, 0x64, 0x8e, 0x1d, 0x5b, 0x0e, 0x21, 0x9c, 0x40, 0x11))
    }

    let pool: PostgresPool
    /// Sessions planned for lookups by key.
    let lookUps: PostgresPool
    let waiters: ReplyWaiters
    /// Signalled when events or outcomes of commands accepted here are applied.
    var applied = AppliedSignal()
    /// The commands accepted here whose outcome was not returned yet.
    let unanswered = UnansweredRequests()
    /// Called after a command is committed.
    let onCommit: @Sendable () -> Void

    /// A wait asks the database again after this long, because a record or a signal can be missed.
    static let pollInterval = Duration.seconds(1)

    /// Writes the operation, and the command with its number to the outbox, in one statement: one transaction, one round trip and one
    /// flush. The position is drawn first, so that the operation's row is written once.
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
        """)

    private static let known = PostgresStatement("requests.known", "select body_sha256 from operation where id = $1")

    private static let storedReply = PostgresStatement("requests.reply", "select outcome, parked_note from operation where id = $1")

    /// Accepts a command: commits it to the outbox. Returns its id, the same for every repetition of the request.
    ///
    /// Throws a `Refusal` under QUAN-05 when the key was used with another body, under QUAN-14 when the idempotency key is too long or
    /// empty, under QUAN-09 when the token is longer than a header may be, and `PostgresError` when the command could not be committed.
    public func accept<C: Command>(_ command: C, key: String, from caller: Caller) async throws -> UUID {
        _ = try await commit(command, key: key, from: caller)
        return caller.commandID
    }

    /// Accepts a command and waits until it is answered or known to be parked, at most `limit`; the reply is nil if it is neither by then.
    /// Throws the errors of `accept`.
    public func ask<C: Command>(
        _ command: C, key: String, from caller: Caller, within limit: Duration
    ) async throws -> (id: UUID, reply: Reply?) {
        let (id, end) = (caller.commandID, ContinuousClock.now + limit)
        // Registered before the commit, so that the answer of a new command cannot be missed and needs no query.
        let registration = waiters.register(for: id)
        defer { waiters.leave(id, registration) }
        unanswered.begin(id)
        do {
            var reply: Reply?
            if try await commit(command, key: key, from: caller) {
                reply = await waiters.wait(id, registration, atMost: min(Self.pollInterval, end - .now))
            }
            if reply == nil { reply = try await self.reply(to: id, until: end) }
            // The caller may read the command's effects as soon as it has the outcome: from here on the command counts as answered.
            if reply?.outcome != nil { unanswered.end(id) }
            return (id, reply)
        } catch {
            unanswered.end(id)
            throw error
        }
    }

    /// Waits for a command's outcome, at most `limit`; nil if there is none by then, even if the command is parked.
    public func outcome(of id: UUID, within limit: Duration) async throws -> Outcome? {
        try await reply(to: id, until: ContinuousClock.now + limit, mustBeDecided: true)?.outcome
    }

    /// Commits the command. Returns whether it is new.
    private func commit<C: Command>(_ command: C, key: String, from caller: Caller) async throws -> Bool {
        guard (1...200).contains(caller.idempotencyKey.utf8.count) else { throw PlatformRule.keyTooLong.refusal() }
        guard (caller.token?.utf8.count ?? 0) <= MessageLimits.headerBytes else { throw PlatformRule.tokenInvalid.refusal() }
        let body: [UInt8]
        // The receiver would reject an invalid text.
        do { body = try MessageBody.encode(command) } catch let fault as EnvelopeFault { throw fault.refusal }
        try OutboxDraft.check(key: key, body: body)
        let draft = OutboxDraft(
            id: caller.commandID, topic: C.topic, key: key, type: C.type, isVersioned: false, time: caller.receivedAt, trace: .begin(),
            token: caller.token, body: body)
        let isNew = try await pool.withConnection { connection in
            let columns: [any PostgresEncodable] = [
                draft.id, caller.organisation, caller.operation, caller.idempotencyKey, caller.bodyHash.hexadecimal, draft.time,
                draft.topic, draft.shard, draft.key, draft.type.description, draft.trace?.traceparent, draft.token, draft.body,
            ]
            if try await connection.execute(Self.reserve, columns) == 1 { return true }
            let hash = try await connection.query(Self.known, [draft.id]).decode(String.self).first
            guard hash == caller.bodyHash.hexadecimal else { throw PlatformRule.idempotencyKeyReused.refusal() }
            return false
        }
        // Also for a repetition: the first request may not have reached the relay.
        onCommit()
        return isNew
    }

    /// Waits for a reply to a command, at most until `end`; nil if there is none by then.
    private func reply(to id: UUID, until end: ContinuousClock.Instant, mustBeDecided: Bool = false) async throws -> Reply? {
        while true {
            let registration = waiters.register(for: id)
            defer { waiters.leave(id, registration) }
            if let reply = try await stored(id), reply.outcome != nil || !mustBeDecided { return reply }
            guard ContinuousClock.now < end else { return nil }
            let reply = await waiters.wait(id, registration, atMost: min(Self.pollInterval, end - .now))
            if let reply, reply.outcome != nil || !mustBeDecided { return reply }
            try Task.checkCancellation()
        }
    }

    private func stored(_ id: UUID) async throws -> Reply? {
        try await pool.withConnection { connection in
            let rows = try await connection.query(Self.storedReply, [id])
            guard let (outcome, note) = try rows.decode([UInt8]?.self, [UInt8]?.self).first else { return nil }
            if let outcome { return .decided(try MessageBody.decode(Outcome.self, from: outcome)) }
            return try note.map { .parked(try MessageBody.decode(CommandSetAside.self, from: $0)) }
        }
    }
}
