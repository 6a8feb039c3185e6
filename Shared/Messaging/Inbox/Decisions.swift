import Foundation
import Kernel
import Messages
import Postgres

/// The effects of a batch, used after its commit.
struct BatchEffect: Sendable {
    /// The messages written to the outbox.
    var outboxWritings: [OutboxWriting] = []
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
            outboxWritings: a.outboxWritings + b.outboxWritings, hasGap: a.hasGap || b.hasGap,
            hasAppliedOutcomes: a.hasAppliedOutcomes || b.hasAppliedOutcomes, handled: a.handled + b.handled,
            duplicates: a.duplicates + b.duplicates, refused: a.refused + b.refused, parked: a.parked + b.parked,
            dropped: a.dropped + b.dropped)
    }
}

/// The decisions of a batch, collected to be written together.
struct Decisions: Sendable {
    private struct AuditRow: Sendable {
        let envelope: Envelope
        let outcome: String
        let refusal: PostgresJSON?
        let detail: PostgresJSON?
    }

    let service: String
    let ids: UUIDv7Source
    var drafts: [OutboxDraft] = []
    /// Answers to this service's commands, with the number of events that each command caused.
    var outcomes: [(id: UUID, bytes: [UInt8], eventCount: Int)] = []
    /// Notes that this service's commands are parked at their receivers.
    var parkedNotes: [(id: UUID, bytes: [UInt8])] = []
    /// The number of applied events that this service's commands may have caused, by command.
    var appliedEvents: [UUID: Int] = [:]
    /// Commands whose answers are deferred, and answers to such commands.
    var deferredReplies = DeferredReplies()
    /// Heads of other services' audit trails, to be stored.
    var heads: [(source: String, head: AuditSealed)] = []
    var effect = BatchEffect()

    private var answers: [(id: UUID, bytes: [UInt8])] = []
    private var auditRows: [AuditRow] = []

    init(service: String, ids: UUIDv7Source) {
        self.service = service
        self.ids = ids
    }

    /// Records a handled message: its output is published, and a command is answered.
    mutating func done(_ envelope: Envelope, _ output: HandlerOutput, isCommand: Bool) throws {
        for message in output.messages {
            add(
                type: message.type, topic: message.topic, key: message.key, isVersioned: message.isVersioned, body: message.body,
                because: envelope, delay: message.delay, effectOf: message.effectOf)
        }
        effect.handled += 1
        deferredReplies.add(output, at: envelope.time)
        guard isCommand else { return }
        guard !output.isReplyDeferred else { return deferredReplies.record(envelope) }
        let events = output.messages.count { $0.isVersioned && $0.effectOf == nil }
        let outcome = Outcome(
            commandID: envelope.id, commandType: envelope.type.description, result: output.result, eventCount: events > 0 ? events : nil)
        try answer(envelope, outcome, audited: "done", detail: output.auditDetail.map { PostgresJSON(bytes: $0.utf8) })
    }

    /// Records a refused command.
    mutating func refuse(_ envelope: Envelope, _ refusal: Refusal) throws {
        effect.refused += 1
        let outcome = Outcome(commandID: envelope.id, commandType: envelope.type.description, refusal: refusal)
        try answer(envelope, outcome, audited: "refused", refusal: try PostgresJSON(encoding: refusal))
    }

    /// Sends the stored answer of a duplicate command again.
    mutating func answerAgain(_ envelope: Envelope, _ outcome: [UInt8]) {
        reply(to: envelope, outcome)
    }

    private mutating func answer(
        _ envelope: Envelope, _ outcome: Outcome, audited word: String, refusal: PostgresJSON? = nil, detail: PostgresJSON? = nil
    ) throws {
        let bytes = try MessageBody.encode(outcome)
        // An answer that no reader would accept must not be committed: the relay would retry it for ever.
        try OutboxDraft.check(key: envelope.id.lowercased, body: bytes)
        answers.append((envelope.id, bytes))
        auditRows.append(AuditRow(envelope: envelope, outcome: word, refusal: refusal, detail: detail))
        reply(to: envelope, bytes)
    }

    /// Sends no answer to a command that another message caused: its sender is a handler, which does not wait for one. The outcome is
    /// stored and audited all the same.
    private mutating func reply(to envelope: Envelope, _ outcome: [UInt8]) {
        guard envelope.cause == nil else { return }
        add(
            type: Outcome.type, topic: Topic.replies, key: envelope.id.lowercased, isVersioned: false, body: outcome, because: envelope)
    }

    private mutating func add(
        type: MessageType, topic: String, key: String, isVersioned: Bool, body: [UInt8], because envelope: Envelope, delay: Duration? = nil,
        effectOf: UUID? = nil
    ) {
        drafts.append(
            OutboxDraft(
                id: ids.next(at: envelope.time), topic: topic, key: key, type: type, isVersioned: isVersioned, time: envelope.time,
                cause: effectOf ?? envelope.id, trace: envelope.trace?.child(), body: body, delay: delay))
    }

    /// Whether the batch records outcomes or applied events of commands accepted here.
    var hasAppliedOutcomes: Bool { !outcomes.isEmpty || !appliedEvents.isEmpty }

    /// The statements that write answers, outcomes and the audit trail.
    func steps() throws -> [PostgresStep] {
        var steps: [PostgresStep] = []
        if !answers.isEmpty { steps.append(PostgresStep(InboxStatements.saveAnswers, [answers.map(\.id), answers.map(\.bytes)])) }
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
        if !heads.isEmpty { steps.append(AuditHeads.step(keeping: heads)) }
        if !auditRows.isEmpty {
            steps.append(
                PostgresStep(
                    InboxStatements.audit,
                    [
                        auditRows.map(\.envelope.id), auditRows.map(\.envelope.type.description), auditRows.map(\.envelope.key),
                        auditRows.map(\.envelope.source), auditRows.map(\.outcome), auditRows.map(\.refusal), auditRows.map(\.detail),
                        auditRows.map(\.envelope.time),
                    ]))
        }
        return steps
    }
}
