import AuditTrail
import Foundation
import Kernel
import Messages
import Postgres
import StrictJSON

/// The effects of a batch, used after its commit.
struct BatchEffect: Sendable {
    /// Whether messages were written to the outbox.
    var hasMessages = false
    /// Whether records are missing and must be requested.
    var hasGap = false
    /// Whether outcomes or events of commands accepted here were recorded.
    var hasAppliedOutcomes = false
    var handled = 0
    var duplicates = 0
    var refused = 0
    var parked = 0
    var dropped = 0

    static func + (a: BatchEffect, b: BatchEffect) -> BatchEffect {
        BatchEffect(
            hasMessages: a.hasMessages || b.hasMessages, hasGap: a.hasGap || b.hasGap,
            hasAppliedOutcomes: a.hasAppliedOutcomes || b.hasAppliedOutcomes, handled: a.handled + b.handled,
            duplicates: a.duplicates + b.duplicates, refused: a.refused + b.refused, parked: a.parked + b.parked,
            dropped: a.dropped + b.dropped)
    }
}

/// The decisions of a transaction, collected to be written together.
struct Decisions: Sendable {
    private let service: String
    private let ids: UUIDv7Source
    /// The messages to be published.
    var drafts: [OutboxDraft] = []
    /// Outcomes of this service's commands, with the number of events that each command caused.
    var outcomes: [(id: UUID, bytes: [UInt8], eventCount: Int)] = []
    /// Notes that this service's commands are parked at their receivers.
    var parkedNotes: [(id: UUID, bytes: [UInt8])] = []
    /// The number of applied events that this service's commands may have caused, by command.
    var appliedEvents: [UUID: Int] = [:]
    /// Heads of other services' audit trails, to be stored.
    var heads: [(source: String, head: AuditSealed)] = []
    var effect = BatchEffect()
    /// The commands whose answers are deferred, and the answers given to such commands.
    var deferral = Deferral()

    private var answers: [(id: UUID, bytes: [UInt8], wasDeferred: Bool)] = []
    private var auditRows: [AuditTrail.Row] = []

    init(service: String, ids: UUIDv7Source) { (self.service, self.ids) = (service, ids) }

    /// Records a handled message: its output is published, and a command is answered.
    mutating func done(_ envelope: Envelope, _ output: HandlerOutput, isCommand: Bool) throws {
        add(output, at: envelope.time, cause: envelope.id, trace: envelope.trace)
        effect.handled += 1
        guard isCommand else { return }
        if output.isReplyDeferred { return deferral.begin(envelope) }
        let events = output.messages.count { $0.isVersioned && $0.effectOf == nil }
        try answer(envelope, result: output.result, eventCount: events, auditDetail: output.auditDetail)
    }

    /// Records a refused command.
    mutating func refuse(_ envelope: Envelope, _ refusal: Refusal) throws {
        effect.refused += 1
        try answer(envelope, refusal: refusal)
    }

    /// Sends the stored answer of a duplicate command again.
    mutating func answerAgain(_ envelope: Envelope, _ outcome: [UInt8]) {
        reply(to: envelope, outcome)
    }

    /// Adds the messages of an output, and its answers to deferred commands.
    mutating func add(_ output: HandlerOutput, at now: Date, cause: UUID?, trace: TraceContext?) {
        for message in output.messages {
            drafts.append(
                OutboxDraft(
                    id: ids.next(at: now), topic: message.topic, key: message.key, type: message.type, isVersioned: message.isVersioned,
                    time: now, cause: message.effectOf ?? cause, trace: trace?.child(), body: message.body, delay: message.delay))
        }
        deferral.add(output, at: now)
    }

    /// Adds a message of the messaging layer itself.
    mutating func add(
        _ message: some Message, topic: String, key: String, shard: Int16? = nil, at time: Date, cause: UUID? = nil,
        trace: TraceContext? = nil
    ) throws {
        drafts.append(
            OutboxDraft(
                id: ids.next(at: time), topic: topic, key: key, shard: shard, type: type(of: message).type, isVersioned: false, time: time,
                cause: cause, trace: trace?.child(), body: try MessageBody.encode(message)))
    }

    /// Records the answer to a command and its audit row, and sends the answer.
    ///
    /// - Parameter wasDeferred: whether the command was handled by an earlier transaction
    mutating func answer(
        _ envelope: Envelope, refusal: Refusal? = nil, result: String? = nil, eventCount: Int = 0, auditDetail: String? = nil,
        wasDeferred: Bool = false
    ) throws {
        let outcome = try MessageBody.encode(
            Outcome(
                commandID: envelope.id, commandType: envelope.type.description, refusal: refusal, result: result,
                eventCount: eventCount > 0 ? eventCount : nil))
        // An answer that no reader would accept must not be committed: the relay would retry it for ever.
        try OutboxDraft.check(key: envelope.id.lowercased, body: outcome)
        answers.append((envelope.id, outcome, wasDeferred))
        auditRows.append(
            AuditTrail.Row(
                messageID: envelope.id, type: envelope.type.description, key: envelope.key, source: envelope.source,
                outcome: refusal == nil ? .done : .refused, refusal: try refusal.map { try PostgresJSON(encoding: $0) },
                detail: auditDetail.map { PostgresJSON(bytes: $0.utf8) }, decidedAt: envelope.time))
        reply(to: envelope, outcome)
    }

    /// Sends no answer to a command that another message caused: its sender is a handler, which does not wait for one. The outcome is
    /// stored and audited all the same.
    private mutating func reply(to envelope: Envelope, _ outcome: [UInt8]) {
        guard envelope.cause == nil else { return }
        drafts.append(
            OutboxDraft(
                id: ids.next(at: envelope.time), topic: Topic.replies, key: envelope.id.lowercased, type: Outcome.type, isVersioned: false,
                time: envelope.time, cause: envelope.id, trace: envelope.trace?.child(), body: outcome))
    }

    /// Whether the batch records outcomes or applied events of commands accepted here.
    var hasAppliedOutcomes: Bool { !outcomes.isEmpty || !appliedEvents.isEmpty }

    /// The statements that write answers, outcomes and the audit trail.
    func steps() -> [PostgresStep] {
        var steps: [PostgresStep] = []
        let new = answers.filter { !$0.wasDeferred }
        if !new.isEmpty { steps.append(PostgresStep(InboxStatements.saveAnswers, [new.map(\.id), new.map(\.bytes)])) }
        let later = answers.filter(\.wasDeferred)
        steps += deferral.steps(answered: later.map(\.id), with: later.map(\.bytes))
        if !appliedEvents.isEmpty || !parkedNotes.isEmpty {
            // Two workers may write outcomes and events of the same operations: both lock the operations in the same order.
            let ids = Set(outcomes.map(\.id) + parkedNotes.map(\.id)).union(appliedEvents.keys).sorted { $0.uuidString < $1.uuidString }
            steps.append(PostgresStep(InboxStatements.lockOperations, [ids]))
        }
        if !outcomes.isEmpty {
            let all = outcomes.sorted { $0.id.uuidString < $1.id.uuidString }
            steps.append(
                PostgresStep(InboxStatements.recordOutcomes, [all.map(\.id), all.map(\.bytes), all.map { Int32(clamping: $0.eventCount) }]))
        }
        if !appliedEvents.isEmpty {
            let all = appliedEvents.sorted { $0.key.uuidString < $1.key.uuidString }
            steps.append(PostgresStep(InboxStatements.countAppliedEvents, [all.map(\.key), all.map { Int32(clamping: $0.value) }]))
        }
        if !parkedNotes.isEmpty {
            let all = parkedNotes.sorted { $0.id.uuidString < $1.id.uuidString }
            steps.append(PostgresStep(InboxStatements.recordParkedNotes, [all.map(\.id), all.map(\.bytes)]))
        }
        if !heads.isEmpty { steps.append(AuditHeads.step(storing: heads)) }
        if !auditRows.isEmpty { steps.append(AuditTrail.append(auditRows)) }
        return steps
    }
}
