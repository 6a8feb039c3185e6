public import Foundation
import Messages
import Postgres

/// The commands whose answers are deferred (`HandlerOutput.deferReply`), and the answers that a later transaction gives to such commands.
///
/// A deferred command has its row in `inbox_command` from the beginning, without an answer, so that it is never handled twice; its duplicates
/// are dropped. `inbox_deferred_reply` keeps what its answer needs. Answering deletes that row and stores the answer, the audit row and the
/// reply, in the transaction of the decision that gives the answer.
struct Deferral: Sendable {
    /// The commands that a transaction defers.
    private var deferred: [Envelope] = []
    /// The answers that it gives, each with the time of the decision that gives it.
    private var answers: [(answer: HandlerOutput.DeferredAnswer, time: Date)] = []
    /// The number of events that it publishes as the effect of each command.
    private var eventCounts: [UUID: Int] = [:]

    init() {}

    mutating func begin(_ envelope: Envelope) { deferred.append(envelope) }

    /// Adds the answers of a decision made at `now`.
    mutating func add(_ output: HandlerOutput, at now: Date) {
        answers += output.deferredAnswers.map { ($0, now) }
        for message in output.messages {
            if message.isVersioned, let command = message.effectOf { eventCounts[command, default: 0] += 1 }
        }
    }

    /// The statements that store the deferred commands and these answers.
    func steps(answered: [UUID], with outcomes: [[UInt8]]) -> [PostgresStep] {
        var steps: [PostgresStep] = []
        if !deferred.isEmpty {
            steps.append(PostgresStep(Self.reserve, [deferred.map(\.id)]))
            steps.append(
                PostgresStep(
                    Self.insert,
                    [
                        deferred.map(\.id), deferred.map(\.type.description), deferred.map(\.key), deferred.map(\.source),
                        deferred.map { $0.trace?.traceparent }, deferred.map { $0.cause == nil },
                    ]))
        }
        if !answered.isEmpty {
            steps.append(PostgresStep(Self.delete, [answered]))
            steps.append(PostgresStep(Self.answer, [answered, outcomes]))
        }
        return steps
    }

    /// Adds the answers to the decisions. Reads and locks the answered commands; throws `ReplyNotDeferred` for a command that is not deferred,
    /// or is answered already.
    static func answer(in decisions: inout Decisions, on connection: PostgresConnection) async throws {
        let answers = decisions.deferral.answers
        guard !answers.isEmpty else { return }
        let rows = try await connection.query(lock, [answers.map(\.answer.command)])
        var stored: [UUID: Envelope] = [:]
        for (id, type, key, source, trace, isAwaited) in try rows.decode(
            UUID.self, String.self, String.self, String.self, String?.self, Bool.self)
        {
            guard let type = MessageType(parsing: type) else { continue }
            stored[id] = Envelope(
                id: id, source: source, type: type, time: .distantPast, key: key, cause: isAwaited ? nil : id,
                trace: trace.flatMap(TraceContext.init(traceparent:)))
        }
        for (answer, time) in answers {
            let id = answer.command
            // A command that is deferred and answered in one transaction has no row yet.
            let place = decisions.deferral.deferred.firstIndex { $0.id == id }
            guard let command = place.map({ decisions.deferral.deferred.remove(at: $0) }) ?? stored.removeValue(forKey: id) else {
                throw ReplyNotDeferred(command: id)
            }
            try decisions.answer(
                command.decided(at: time), refusal: answer.refusal, result: answer.result,
                eventCount: answer.refusal == nil ? decisions.deferral.eventCounts[id] ?? 0 : 0, auditDetail: answer.auditDetail,
                wasDeferred: place == nil)
        }
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

extension Envelope {
    /// The same command, for an answer given at `time`.
    fileprivate func decided(at time: Date) -> Envelope {
        Envelope(id: id, source: source, type: type, time: time, key: key, cause: cause, trace: trace)
    }
}

/// A handler answered a command that is not deferred, or that is answered already. A mistake of the program.
public struct ReplyNotDeferred: Error, Sendable, Hashable, CustomStringConvertible {
    /// The command.
    public let command: UUID

    /// The problem in words.
    public var description: String { "the command \(command.uuidString.lowercased()) is not deferred, or is answered already" }
}
