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
        try await faults?(.written)
        return effect
    }

    private func takeUp(
        _ batch: [Incoming<Rows>], passingParked passing: RawKey? = nil, isOverdue: Bool = false, on connection: PostgresConnection
    ) async throws -> (effect: BatchEffect, watermarks: [Watermark.Key: Watermark], letGo: Int) {
        var (memory, watermarks) = try await store.recallWithWatermarks(batch, on: connection)
        if let passing { memory.blocked.remove(passing) }
        try await faults?(.seen)
        let plan = InboxPlan(batch, memory: memory, isOverdue: isOverdue)

        var decisions = try await decide(plan, &watermarks, on: connection)
        for incoming in batch {
            if let key = incoming.watermarkKey, let place = incoming.standing?.place { watermarks[key]?.take(place.sequence) }
        }
        try await faults?(.decided)

        var effect = decisions.effect
        effect.parked = try await parking.put(plan.aside, into: &decisions.drafts, ids: ids, on: connection)
        var steps = try decisions.steps() + store.steps(remembering: plan)
        if let step = store.step(saving: watermarks) { steps.append(step) }
        if let step = try await OutboxWriter.step(writing: decisions.drafts, on: connection) { steps.append(step) }
        if !steps.isEmpty { _ = try await connection.pipeline(steps) }

        effect.saidIn = ShardSet(decisions.drafts.map(\.shard))
        effect.isBehind = watermarks.values.contains(where: \.isBehind)
        effect.duplicates = plan.duplicates
        return (effect, watermarks, plan.released.count)
    }

    /// Loads the rows all messages want, then decides one message after another.
    private func decide(
        _ plan: InboxPlan<Rows>, _ watermarks: inout [Watermark.Key: Watermark], on connection: PostgresConnection
    ) async throws -> Decisions {
        var rows = Rows()
        for step in plan.steps {
            if case .act(let incoming) = step, case .handled(let handler) = incoming.content { handler.wants(&rows) }
        }
        try await rows.load(connection)
        try await faults?(.locked)

        var decisions = Decisions(service: contents.service, ids: ids)
        for step in plan.steps {
            switch step {
            case .act(let incoming): try act(on: incoming, &rows, &watermarks, &decisions)
            case .answerAgain(let incoming, let outcome):
                if let envelope = incoming.envelope { decisions.answerAgain(envelope, outcome) }
            case .hold, .queueBehindParked, .park: break
            }
        }
        try await rows.save(connection)
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
                try handler.handle(HandlingContext(envelope: envelope), &rows, &said)
            } catch let refusal as Refusal where incoming.kind == .command {
                return try decisions.refuse(envelope, refusal)
            } catch let waiting as any TransientFailure {
                throw PartitionMustWait(partition: incoming.record.topicPartition, reason: waiting)
            }
            try decisions.done(envelope, said, isCommand: incoming.kind == .command)
        case .refused(let refusal): try decisions.refuse(envelope, refusal)
        case .outcome(let outcome): decisions.outcomes.append((outcome.commandID, incoming.record.value ?? []))
        case .report(let report):
            if let key = incoming.watermarkKey { watermarks[key]?.hear(report, answering: envelope.cause) }
        case .head(let head): decisions.heads.append((envelope.source, head))
        case .passedOver, .control, .unreadable: break
        }
    }
}

extension InboxPlan {
    /// The records to set aside or to queue behind one that is, in order.
    var aside: [(incoming: Incoming<Rows>, isHead: Bool)] {
        steps.compactMap { step in
            switch step {
            case .park(let incoming): (incoming, true)
            case .queueBehindParked(let incoming): (incoming, false)
            case .act, .answerAgain, .hold: nil
            }
        }
    }
}
