import Foundation
import Kafka
import Kernel
import Logging
import Messages
import Postgres
import Recovery
import Tracing

/// Processes a batch of messages in one transaction: look up duplicates, plan, load rows, decide, save, write messages to the outbox.
struct BatchProcessor<Rows: UnitOfWork>: Sendable {
    let registry: HandlerRegistry<Rows>
    let store: InboxStore<Rows>
    let parking: Parking
    let ids: UUIDv7Source
    /// Whether other instances of the service are notified of applied events.
    var notifiesInstances = false
    let faults: FaultHook?
    /// How long commands have waited for events that their senders have seen.
    var eventWaits = EventWaits()

    /// No decisions yet.
    var decisions: Decisions { Decisions(service: registry.service, ids: ids) }

    /// Works in the caller's transaction; the caller commits. After an error the caller must roll back.
    func process(
        _ batch: [Incoming<Rows>], ignoringParked released: RawKey? = nil, on connection: PostgresConnection
    ) async throws -> BatchEffect {
        var (effect, watermarks, _) = try await processOnce(batch, ignoringParked: released, on: connection)
        // Where numbers were skipped, events held for the skipped ones are released.
        while case let overdue = try await store.overdue(watermarks, on: connection), !overdue.isEmpty {
            let more = try await processOnce(overdue, isOverdue: true, on: connection)
            effect = effect + more.effect
            watermarks.merge(more.watermarks)
            guard more.releasedCount > 0 else { break }
        }
        if let faults { try connection.beforeCommit { try await faults(.written) } }
        return effect
    }

    private func processOnce(
        _ batch: [Incoming<Rows>], ignoringParked released: RawKey? = nil, isOverdue: Bool = false, on connection: PostgresConnection
    ) async throws -> (effect: BatchEffect, watermarks: Watermarks, releasedCount: Int) {
        // The requested rows are loaded in the round trip that finds duplicates: almost all messages are new.
        let batch = batch.map { $0.withSenderChecked() }
        let lookup = InboxLookup(batch)
        try connection.enqueue(lookup.steps, keepingAnswers: true)
        var rows = try await load(batch, on: connection)
        var (state, watermarks) = try await store.readState(lookup, try await connection.answers(), on: connection)
        if let released { state.blocked[released] = nil }
        try await faults?(.seen)
        let plan = InboxPlan(batch, state: state, rowsPerKeyAtMost: parking.rowsPerKeyAtMost, isOverdue: isOverdue)
        if !plan.released.isEmpty { rows = try await load(plan.acting, on: connection) }
        try await faults?(.locked)

        var decisions = try decide(plan, &rows, &watermarks)
        let overflow = ParkingOverflow(plan, watermarks)
        for incoming in batch {
            if let key = incoming.watermarkKey, let place = incoming.origin?.place { watermarks.record(place.sequence, in: key) }
        }
        try await Deferral.answer(in: &decisions, on: connection)
        try await faults?(.decided)

        var effect = decisions.effect
        effect.parked = try await parking.park(plan.parked, into: &decisions, on: connection)
        effect.dropped = plan.dropped.count
        var steps = try rows.writes() + decisions.steps() + store.steps(saving: plan) + overflow.steps
        if let step = watermarks.saving { steps.append(step) }
        if decisions.hasAppliedOutcomes, notifiesInstances { steps.append(AppliedSignal.notify) }
        if let step = OutboxWriter.step(writing: decisions.drafts) { steps.append(step) }
        try connection.enqueue(steps)
        effect.hasMessages = !decisions.drafts.isEmpty
        effect.hasAppliedOutcomes = decisions.hasAppliedOutcomes
        effect.hasGap = watermarks.hasGap
        effect.duplicates = plan.duplicates
        return (effect, watermarks, plan.released.count)
    }

    /// Loads the rows that these messages request.
    private func load(_ messages: [Incoming<Rows>], on connection: PostgresConnection) async throws -> Rows {
        var rows = registry.emptyRows()
        for incoming in messages {
            if case .handled(let handler) = incoming.content, incoming.isAdmitted { handler.requestRows(&rows) }
        }
        try await rows.load(connection)
        return rows
    }

    /// Decides the messages in order.
    private func decide(
        _ plan: InboxPlan<Rows>, _ rows: inout Rows, _ watermarks: inout Watermarks
    ) throws -> Decisions {
        var decisions = decisions
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
        on incoming: Incoming<Rows>, _ rows: inout Rows, _ watermarks: inout Watermarks, _ decisions: inout Decisions
    ) throws {
        guard let envelope = incoming.envelope else { return }
        switch incoming.content {
        case .handled(let handler):
            var output = HandlerOutput()
            let span = MessageSpan.begin(envelope)
            defer { span?.end() }
            do {
                let context = HandlingContext(envelope: envelope)
                if incoming.kind == .command {
                    try handler.admit(context)
                    // The first check refused it with outdated keys or programmes, so its rows are not loaded: process the batch again.
                    guard incoming.isAdmitted else { throw SenderCheckOutdated() }
                }
                try handler.handle(context, &rows, &output)
            } catch let refusal as Refusal where incoming.kind == .command {
                return try decisions.refuse(envelope, refusal)
            } catch let missing as EventNotApplied where incoming.kind == .command && !eventWaits.mayWait(envelope.id) {
                return try decisions.refuse(envelope, missing.refusal)
            } catch let failure as any TransientFailure {
                throw PartitionMustPause(partition: incoming.record.topicPartition, reason: failure)
            }
            try decisions.done(envelope, output, isCommand: incoming.kind == .command)
            countApplied(incoming, envelope, &decisions)
        case .refused(let refusal): try decisions.refuse(envelope, refusal)
        case .outcome(let outcome):
            decisions.outcomes.append((outcome.commandID, incoming.record.value ?? [], outcome.eventCount ?? 0))
        case .commandParked(let note): decisions.parkedNotes.append((note.commandID, incoming.record.value ?? []))
        case .report(let report):
            if let key = incoming.watermarkKey { watermarks.apply(report, answering: envelope.cause, in: key) }
        case .head(let head): decisions.heads.append((envelope.source, head))
        case .ignored: countApplied(incoming, envelope, &decisions)
        case .control, .unreadable: break
        }
    }

    /// Counts an event that may have been caused by a command accepted here, for `Requests.waitUntilApplied`.
    private func countApplied(_ incoming: Incoming<Rows>, _ envelope: Envelope, _ decisions: inout Decisions) {
        guard !registry.asks.isEmpty, incoming.streamVersion != nil, let cause = envelope.cause else { return }
        decisions.appliedEvents[cause, default: 0] += 1
    }
}

extension InboxPlan {
    /// The messages to be decided, in order.
    var acting: [Incoming<Rows>] {
        steps.compactMap { step in if case .act(let incoming) = step { incoming } else { nil } }
    }

    /// The records to park, as head of their key or behind it, in order.
    var parked: [(incoming: Incoming<Rows>, isHead: Bool)] {
        steps.compactMap { step in
            switch step {
            case .park(let incoming): (incoming, true)
            case .queueBehindParked(let incoming): (incoming, false)
            case .act, .answerAgain, .hold, .drop: nil
            }
        }
    }

    /// The records beyond their key's bound.
    var dropped: [Incoming<Rows>] {
        steps.compactMap { step in if case .drop(let incoming) = step { incoming } else { nil } }
    }
}
