import Foundation
import Kafka
import Kernel
import Logging
import Messages
import Postgres
import Tracing

/// Takes a batch of messages through one transaction: recall, plan, load, decide, save, say.
struct BatchProcessor<Rows: WorkingRows>: Sendable {
    let contents: Contents<Rows>
    let store: InboxStore<Rows>
    let parking: Parking
    let ids: UUIDv7Source
    let faults: FaultHook?
    /// How long commands have waited for events that their senders have been told of.
    var overtaken = OvertakenCommands()

    /// Works on the transaction of the caller, who commits. Throws what made the batch impossible; nothing is to be kept
    /// of it then.
    func process(
        _ batch: [Incoming<Rows>], passingParked passing: RawKey? = nil, on connection: PostgresConnection
    ) async throws -> BatchEffect {
        var (effect, watermarks, _) = try await takeUp(batch, passingParked: passing, on: connection)
        // Where something was given up, what was held for it is taken up without it.
        while case let overdue = try await store.overdue(watermarks, on: connection), !overdue.isEmpty {
            let more = try await takeUp(overdue, isOverdue: true, on: connection)
            effect = effect + more.effect
            watermarks.merge(more.watermarks) { $1 }
            guard more.letGo > 0 else { break }
        }
        if let faults { try connection.beforeCommit { try await faults(.written) } }
        return effect
    }

    private func takeUp(
        _ batch: [Incoming<Rows>], passingParked passing: RawKey? = nil, isOverdue: Bool = false, on connection: PostgresConnection
    ) async throws -> (effect: BatchEffect, watermarks: [Watermark.Key: Watermark], letGo: Int) {
        // What the messages want is loaded in the round trip that tells which of them are new: they almost always are.
        let batch = batch.map { $0.judged() }
        let recall = InboxRecall(batch)
        try connection.enqueue(recall.steps, keepingAnswers: true)
        var rows = try await load(batch, on: connection)
        var (memory, watermarks) = try await store.recalled(recall, try await connection.answers(), on: connection)
        if let passing { memory.blocked[passing] = nil }
        try await faults?(.seen)
        let plan = InboxPlan(batch, memory: memory, rowsAKeyAtMost: parking.rowsAKeyAtMost, isOverdue: isOverdue)
        if !plan.released.isEmpty { rows = try await load(plan.acting, on: connection) }
        try await faults?(.locked)

        var decisions = try decide(plan, &rows, &watermarks)
        let bound = BoundReached(plan, watermarks)
        for incoming in batch {
            if let key = incoming.watermarkKey, let place = incoming.standing?.place { watermarks[key]?.take(place.sequence) }
        }
        try await faults?(.decided)

        var effect = decisions.effect
        effect.parked = try await parking.put(plan.aside, into: &decisions.drafts, ids: ids, on: connection)
        effect.dropped = plan.dropped.count
        var steps = try rows.writes() + decisions.steps() + store.steps(remembering: plan) + bound.steps
        if let step = store.step(saving: watermarks) { steps.append(step) }
        try connection.enqueue(steps)
        if let step = OutboxWriter.step(writing: decisions.drafts) {
            let writing = OutboxWriting(drafts: decisions.drafts)
            try connection.enqueue(step, into: writing.answer)
            effect.said.append(writing)
        }
        effect.isBehind = watermarks.values.contains(where: \.isBehind)
        effect.duplicates = plan.duplicates
        return (effect, watermarks, plan.released.count)
    }

    /// Loads the rows that these messages want.
    private func load(_ messages: [Incoming<Rows>], on connection: PostgresConnection) async throws -> Rows {
        var rows = contents.emptyRows()
        for incoming in messages {
            if case .handled(let handler) = incoming.content, incoming.isAdmitted { handler.wants(&rows) }
        }
        try await rows.load(connection)
        return rows
    }

    /// Decides one message after another.
    private func decide(
        _ plan: InboxPlan<Rows>, _ rows: inout Rows, _ watermarks: inout [Watermark.Key: Watermark]
    ) throws -> Decisions {
        var decisions = Decisions(service: contents.service, ids: ids)
        for step in plan.steps {
            switch step {
            case .act(let incoming): try act(on: incoming, &rows, &watermarks, &decisions)
            case .answerAgain(let incoming, let outcome):
                if let envelope = incoming.envelope { decisions.answerAgain(envelope, outcome) }
            case .hold, .queueBehindParked, .park, .drop: break
            }
        }
        return decisions
    }

    private func act(
        on incoming: Incoming<Rows>, _ rows: inout Rows, _ watermarks: inout [Watermark.Key: Watermark], _ decisions: inout Decisions
    ) throws {
        guard let envelope = incoming.envelope else { return }
        switch incoming.content {
        case .handled(let handler):
            var said = Said()
            let span = MessageSpan.begin(envelope)
            defer { span?.end() }
            do {
                let context = HandlingContext(envelope: envelope)
                if incoming.kind == .command {
                    try handler.admit(context)
                    // What it was refused by has changed with this load. Its rows are not here: they are with the next one.
                    guard incoming.isAdmitted else { throw SenderJudgedAnew() }
                }
                try handler.handle(context, &rows, &said)
            } catch let refusal as Refusal where incoming.kind == .command {
                return try decisions.refuse(envelope, refusal)
            } catch let missing as EventNotArrived where incoming.kind == .command && !overtaken.mayWait(envelope.id) {
                return try decisions.refuse(envelope, missing.refusal)
            } catch let waiting as any TransientFailure {
                throw PartitionMustWait(partition: incoming.record.topicPartition, reason: waiting)
            }
            try decisions.done(envelope, said, isCommand: incoming.kind == .command)
            note(incoming, envelope, &decisions)
        case .refused(let refusal): try decisions.refuse(envelope, refusal)
        case .outcome(let outcome):
            decisions.outcomes.append((outcome.commandID, incoming.record.value ?? [], outcome.eventCount ?? 0))
        case .setAside(let note): decisions.setAside.append((note.commandID, incoming.record.value ?? []))
        case .report(let report):
            if let key = incoming.watermarkKey { watermarks[key]?.hear(report, answering: envelope.cause) }
        case .head(let head): decisions.heads.append((envelope.source, head))
        case .passedOver: note(incoming, envelope, &decisions)
        case .control, .unreadable: break
        }
    }

    /// An event that a command caused which may have been asked for here: whoever asked finds what it tells of from now on.
    private func note(_ incoming: Incoming<Rows>, _ envelope: Envelope, _ decisions: inout Decisions) {
        guard !contents.asks.isEmpty, incoming.streamVersion != nil, let cause = envelope.cause else { return }
        decisions.told[cause, default: 0] += 1
    }
}

extension InboxPlan {
    /// The messages to be decided, in order.
    var acting: [Incoming<Rows>] {
        steps.compactMap { step in if case .act(let incoming) = step { incoming } else { nil } }
    }

    /// The records to set aside or to queue behind one that is, in order.
    var aside: [(incoming: Incoming<Rows>, isHead: Bool)] {
        steps.compactMap { step in
            switch step {
            case .park(let incoming): (incoming, true)
            case .queueBehindParked(let incoming): (incoming, false)
            case .act, .answerAgain, .hold, .drop: nil
            }
        }
    }

    /// What the key's bound leaves no room for.
    var dropped: [Incoming<Rows>] {
        steps.compactMap { step in if case .drop(let incoming) = step { incoming } else { nil } }
    }
}
