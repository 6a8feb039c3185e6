import Foundation
import Kernel
import Messages
import Postgres

/// What a committed batch leaves to be done, and what it counts.
struct BatchEffect: Sendable {
    /// The messages that now wait in the outbox.
    var said: [OutboxWriting] = []
    /// Something is missing and has to be asked for.
    var isBehind = false
    var handled = 0
    var duplicates = 0
    var refused = 0
    var parked = 0
    var dropped = 0

    static func + (a: BatchEffect, b: BatchEffect) -> BatchEffect {
        BatchEffect(
            said: a.said + b.said, isBehind: a.isBehind || b.isBehind, handled: a.handled + b.handled,
            duplicates: a.duplicates + b.duplicates, refused: a.refused + b.refused, parked: a.parked + b.parked,
            dropped: a.dropped + b.dropped)
    }
}

/// What a batch decided, gathered to be written together.
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
    /// Answers to our own commands, with their bytes and how many events tell of what was done.
    var outcomes: [(id: UUID, bytes: [UInt8], eventCount: Int)] = []
    /// Notes that our own commands are set aside where they were sent, with their bytes.
    var setAside: [(id: UUID, bytes: [UInt8])] = []
    /// How many events that our own commands may have caused have been taken, by command.
    var told: [UUID: Int] = [:]
    /// Heads of other services' audit trails, to be kept.
    var heads: [(source: String, head: AuditSealed)] = []
    var effect = BatchEffect()

    private var answers: [(id: UUID, bytes: [UInt8])] = []
    private var auditRows: [AuditRow] = []

    init(service: String, ids: UUIDv7Source) {
        self.service = service
        self.ids = ids
    }

    /// A message was done: its words go out, and a command is answered.
    mutating func done(_ envelope: Envelope, _ said: Said, isCommand: Bool) throws {
        for remark in said.remarks {
            add(
                type: remark.type, topic: remark.topic, key: remark.key, isVersioned: remark.isVersioned, body: remark.body,
                because: envelope, delay: remark.delay)
        }
        effect.handled += 1
        guard isCommand else { return }
        let events = said.remarks.count(where: \.isVersioned)
        let outcome = Outcome(
            commandID: envelope.id, commandType: envelope.type.description, result: said.result, eventCount: events > 0 ? events : nil)
        try answer(envelope, outcome, audited: "done", detail: said.auditDetail.map { PostgresJSON(bytes: $0.utf8) })
    }

    /// A command was refused: a decision like any other.
    mutating func refuse(_ envelope: Envelope, _ refusal: Refusal) throws {
        effect.refused += 1
        let outcome = Outcome(commandID: envelope.id, commandType: envelope.type.description, refusal: refusal)
        try answer(envelope, outcome, audited: "refused", refusal: try PostgresJSON(encoding: refusal))
    }

    /// A command came again: the stored answer goes out again.
    mutating func answerAgain(_ envelope: Envelope, _ outcome: [UInt8]) {
        reply(to: envelope, outcome)
    }

    private mutating func answer(
        _ envelope: Envelope, _ outcome: Outcome, audited word: String, refusal: PostgresJSON? = nil, detail: PostgresJSON? = nil
    ) throws {
        let bytes = try MessageBody.encode(outcome)
        // What no reader would take must not be promised: the relay would try to send it for ever.
        try OutboxDraft.check(key: envelope.id.lowercased, body: bytes)
        answers.append((envelope.id, bytes))
        auditRows.append(AuditRow(envelope: envelope, outcome: word, refusal: refusal, detail: detail))
        reply(to: envelope, bytes)
    }

    /// A command that another message caused is answered to nobody: it came from a handler, which has gone on long ago. The outcome is kept
    /// and audited like any other.
    private mutating func reply(to envelope: Envelope, _ outcome: [UInt8]) {
        guard envelope.cause == nil else { return }
        add(
            type: Outcome.type, topic: Topic.replies, key: envelope.id.lowercased, isVersioned: false, body: outcome, because: envelope)
    }

    private mutating func add(
        type: MessageType, topic: String, key: String, isVersioned: Bool, body: [UInt8], because envelope: Envelope, delay: Duration? = nil
    ) {
        drafts.append(
            OutboxDraft(
                id: ids.next(at: envelope.time), topic: topic, key: key, type: type, isVersioned: isVersioned, time: envelope.time,
                cause: envelope.id, trace: envelope.trace?.child(), body: body, delay: delay))
    }

    /// The statements that write answers, outcomes and the audit trail.
    func steps() throws -> [PostgresStep] {
        var steps: [PostgresStep] = []
        if !answers.isEmpty { steps.append(PostgresStep(InboxStatements.saveAnswers, [answers.map(\.id), answers.map(\.bytes)])) }
        if !told.isEmpty || !setAside.isEmpty {
            // Two lanes may hold outcomes and events of the same operations, each the one of the other's: both lock them in one order.
            let ids = Set(outcomes.map(\.id) + setAside.map(\.id)).union(told.keys).sorted { $0.uuidString < $1.uuidString }
            steps.append(PostgresStep(InboxStatements.lockOperations, [ids]))
        }
        if !outcomes.isEmpty {
            let all = outcomes.sorted { $0.id.uuidString < $1.id.uuidString }
            steps.append(
                PostgresStep(InboxStatements.recordOutcomes, [all.map(\.id), all.map(\.bytes), all.map { Int32(clamping: $0.eventCount) }]))
        }
        if !told.isEmpty {
            let all = told.sorted { $0.key.uuidString < $1.key.uuidString }
            steps.append(PostgresStep(InboxStatements.noteTold, [all.map(\.key), all.map { Int32(clamping: $0.value) }]))
        }
        if !setAside.isEmpty {
            let all = setAside.sorted { $0.id.uuidString < $1.id.uuidString }
            steps.append(PostgresStep(InboxStatements.recordSetAside, [all.map(\.id), all.map(\.bytes)]))
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
