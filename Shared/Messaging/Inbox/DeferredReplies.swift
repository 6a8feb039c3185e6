public import Foundation
import Kernel
import Messages
import Postgres

/// The answers to commands that were deferred when they were handled (`HandlerOutput.deferReply`), given by a later transaction.
///
/// A deferred command has its row in `inbox_command` from the beginning, without an answer, so that it is never handled twice; its duplicates
/// are dropped. `inbox_deferred_reply` keeps what its answer needs. Answering deletes that row and stores the answer, the audit row and the
/// reply, in the transaction of the decision that gives the answer.
struct DeferredReplies: Sendable {
    /// The commands that a transaction defers.
    private var deferred: [Envelope] = []
    /// The answers that it gives.
    private var answers: [Answer] = []
    /// The number of events that it publishes as the effect of each command.
    private var eventCounts: [UUID: Int] = [:]
    /// The answered commands, as stored when they were deferred.
    private var commands: [UUID: StoredCommand] = [:]

    private struct Answer: Sendable {
        let answer: HandlerOutput.DeferredAnswer
        /// The time of the decision that gives it.
        let time: Date
        var command: UUID { answer.command }
        var refusal: Refusal? { answer.refusal }
    }

    private struct StoredCommand: Sendable {
        let type: String
        let key: String
        let source: String
        let trace: TraceContext?
        /// Whether the sender waits for the answer.
        let isAwaited: Bool
    }

    init() {}

    var isEmpty: Bool { deferred.isEmpty && answers.isEmpty }

    mutating func record(_ envelope: Envelope) { deferred.append(envelope) }

    /// Adds the answers of a decision made at `now`.
    mutating func add(_ output: HandlerOutput, at now: Date) {
        answers += output.deferredAnswers.map { Answer(answer: $0, time: now) }
        for message in output.messages {
            if message.isVersioned, let command = message.effectOf { eventCounts[command, default: 0] += 1 }
        }
    }

    /// Reads and locks the deferred commands to be answered. Throws `ReplyNotDeferred` for a command that is not deferred, or answered already.
    mutating func load(on connection: PostgresConnection) async throws {
        guard !answers.isEmpty else { return }
        let ids = answers.map(\.command)
        let rows = try await connection.query(Self.lock, ids)
        for (id, type, key, source, traceparent, isAwaited) in try rows.decode(
            UUID.self, String.self, String.self, String.self, String?.self, Bool.self)
        {
            commands[id] = StoredCommand(
                type: type, key: key, source: source, trace: traceparent.flatMap(TraceContext.init(traceparent:)), isAwaited: isAwaited)
        }
        // A command that is deferred and answered in one batch has no row yet.
        for envelope in deferred where ids.contains(envelope.id) {
            commands[envelope.id] = StoredCommand(
                type: envelope.type.description, key: envelope.key, source: envelope.source, trace: envelope.trace,
                isAwaited: envelope.cause == nil)
        }
        var answered: Set<UUID> = []
        for id in ids where commands[id] == nil || !answered.insert(id).inserted { throw ReplyNotDeferred(command: id) }
    }

    /// The replies to the senders that wait for an answer.
    func drafts(ids: UUIDv7Source) throws -> [OutboxDraft] {
        try answers.compactMap { answer in
            guard let command = commands[answer.command], command.isAwaited else { return nil }
            let body = try outcome(answer, command)
            try OutboxDraft.check(key: answer.command.lowercased, body: body)
            return OutboxDraft(
                id: ids.next(at: answer.time), topic: Topic.replies, key: answer.command.lowercased, type: Outcome.type, isVersioned: false,
                time: answer.time, cause: answer.command, trace: command.trace?.child(), body: body)
        }
    }

    private func outcome(_ answer: Answer, _ command: StoredCommand) throws -> [UInt8] {
        let events = answer.refusal == nil ? eventCounts[answer.command] : nil
        return try MessageBody.encode(
            Outcome(
                commandID: answer.command, commandType: command.type, refusal: answer.refusal, result: answer.answer.result,
                eventCount: events))
    }

    /// The statements that store the deferred commands, and the answers with their audit rows.
    func steps() throws -> [PostgresStep] {
        var steps: [PostgresStep] = []
        if !deferred.isEmpty {
            steps.append(PostgresStep(Self.reserve, [deferred.map(\.id)]))
        }
        let open = deferred.filter { commands[$0.id] == nil }
        if !open.isEmpty {
            steps.append(
                PostgresStep(
                    Self.insert,
                    [
                        open.map(\.id), open.map(\.type.description), open.map(\.key), open.map(\.source),
                        open.map { $0.trace?.traceparent }, open.map { $0.cause == nil },
                    ]))
        }
        guard !answers.isEmpty else { return steps }
        let all = try answers.compactMap { answer in try commands[answer.command].map { (answer, $0, try outcome(answer, $0)) } }
        steps.append(PostgresStep(Self.delete, [all.map(\.0.command)]))
        steps.append(PostgresStep(Self.answer, [all.map(\.0.command), all.map(\.2)]))
        steps.append(
            PostgresStep(
                InboxStatements.audit,
                [
                    all.map(\.0.command), all.map(\.1.type), all.map(\.1.key), all.map(\.1.source),
                    all.map { $0.0.refusal == nil ? "done" : "refused" },
                    try all.map { try $0.0.refusal.map { try PostgresJSON(encoding: $0) } },
                    all.map { $0.0.answer.auditDetail.map { PostgresJSON(bytes: $0.utf8) } }, all.map(\.0.time),
                ]))
        return steps
    }

    private static let lock = PostgresStatement(
        "deferred-replies.lock",
        """
        select command_id, type, key, source, traceparent, is_awaited from inbox_deferred_reply
        where command_id = any($1::uuid[]) order by command_id for update
        """)

    /// Fails where another instance has handled the command meanwhile; the batch is then retried (`WorkerFailure`).
    private static let reserve = PostgresStatement(
        "deferred-replies.reserve", "insert into inbox_command (id) select id from unnest($1::uuid[]) as d(id) order by id")

    private static let insert = PostgresStatement(
        "deferred-replies.insert",
        """
        insert into inbox_deferred_reply (command_id, type, key, source, traceparent, is_awaited)
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[])
        """)

    /// The time of the answer counts for retention.
    private static let answer = PostgresStatement(
        "deferred-replies.answer",
        """
        update inbox_command c set outcome = a.outcome, recorded_at = clock_timestamp()
        from unnest($1::uuid[], $2::bytea[]) as a(id, outcome) where c.id = a.id and c.outcome is null
        """)

    private static let delete = PostgresStatement(
        "deferred-replies.delete", "delete from inbox_deferred_reply where command_id = any($1::uuid[])")
}

/// A handler answered a command that is not deferred, or that is answered already. A mistake of the program.
public struct ReplyNotDeferred: Error, Sendable, Hashable, CustomStringConvertible {
    /// The command.
    public let command: UUID

    /// What is wrong.
    public var description: String { "the command \(command.uuidString.lowercased()) is not deferred, or is answered already" }
}
