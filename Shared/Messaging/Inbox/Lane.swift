import Foundation
import Kafka
import Kernel
import Logging
import Messages
import Postgres

/// Takes the batches of some partitions, one after another, each through its transaction, for as long as it takes.
///
/// What passes is tried again without end, each pause bounded, while readiness is red and Kafka's partitions wait. What
/// does not pass is tried once more together, then message by message, and what still fails alone is set aside.
struct Lane<Rows: WorkingRows>: Sendable {
    let index: Int
    let batchAtMost: Int
    let pace: Duration
    let consumer: KafkaConsumer
    let pool: PostgresPool
    let reader: Reader<Rows>
    let processor: BatchProcessor<Rows>
    let controls: Controls<Rows>
    let health: MessagingHealth
    let counters: MessagingMetrics
    let logger: Logger
    let relay: Relay
    let isBehind: @Sendable () -> Void
    let beforeBatch: @Sendable () async throws -> Void

    private var name: String { "lane-\(index)" }

    /// Runs until the consumer is closed or the task is cancelled.
    func run() async throws {
        var waits = PartitionWaits(consumer: consumer, health: health, counters: counters, logger: logger)
        var pace = Pace(self.pace)
        while let batch = try await consumer.next(lane: index, upTo: batchAtMost) {
            pace.begin()
            do {
                try await take(batch)
                waits.end(batch.partitions)
                let rest = pace.rest()
                if rest > .zero { try await Task.sleep(for: rest) }
            } catch let waiting as PartitionMustWait {
                // The request that ends the wait may stand in this very batch.
                try? await takeControls(of: batch)
                consumer.abandon(batch)
                waits.begin(waiting)
            } catch is LaneStopped {
                consumer.abandon(batch)
            } catch is CancellationError {
                consumer.abandon(batch)
                return
            }
        }
    }

    private func take(_ batch: KafkaBatch) async throws {
        try await patiently(batch, untilItSucceeds: true) {
            try await beforeBatch()
            try await processor.faults?(.received)
        }
        let started = ContinuousClock.now
        var segment: [Incoming<Rows>] = []
        for record in batch.records {
            let incoming = reader.read(record)
            if case .control(let control) = incoming.content {
                try await takeTogether(segment, of: batch)
                segment = []
                try await takeControl(control, incoming, of: batch)
            } else {
                segment.append(incoming)
            }
        }
        try await takeTogether(segment, of: batch)
        health.clear(name)
        await consumer.done(batch)
        counters.batch(messages: batch.records.count, took: .now - started)
        try await processor.faults?(.offsetStored)
    }

    /// Takes the requests to the messaging layer before their turn. Taken again in their turn they do no harm.
    private func takeControls(of batch: KafkaBatch) async throws {
        for incoming in batch.records.map(reader.read) {
            if case .control(let control) = incoming.content { try await takeControl(control, incoming, of: batch) }
        }
    }

    private func takeTogether(_ messages: [Incoming<Rows>], of batch: KafkaBatch) async throws {
        guard !messages.isEmpty else { return }
        for isLastTry in [false, true] {
            do {
                return try await commit(messages, of: batch)
            } catch let error where isForSettingAside(error) {
                logger.warning("a batch failed", metadata: ["messages": "\(messages.count)", "error": "\(LaneFailure.explanation(error))"])
                if isLastTry { break }
            }
        }
        for message in messages { try await takeAlone(message, of: batch) }
    }

    private func takeAlone(_ message: Incoming<Rows>, of batch: KafkaBatch) async throws {
        try await patiently(batch, untilItSucceeds: true) {
            do {
                try await commit([message], of: batch)
            } catch let error where isForSettingAside(error) {
                try await setAside(message, because: error)
            }
        }
    }

    private func takeControl(_ control: Incoming<Rows>.Control, _ incoming: Incoming<Rows>, of batch: KafkaBatch) async throws {
        try await patiently(batch, untilItSucceeds: true) {
            do {
                try await controls.take(control, incoming)
                relay.ring()
            } catch let error where isForSettingAside(error) {
                try await setAside(incoming, because: error)
            }
        }
    }

    /// Whether the messages themselves are at fault. That a lane had to stop or to wait says nothing about them.
    private func isForSettingAside(_ error: any Error) -> Bool {
        !(error is PartitionMustWait) && !(error is LaneStopped) && !LaneFailure.isTransient(error)
    }

    /// Setting aside touches only the inbox's own tables. Where even that fails, it was not the message that was at fault:
    /// whoever calls tries the message again, and not only to set it aside.
    private func setAside(_ message: Incoming<Rows>, because error: any Error) async throws {
        let explanation = LaneFailure.explanation(error)
        logger.error(
            "a message is set aside",
            metadata: [
                "topic": "\(message.record.topic)", "partition": "\(message.record.partition)", "offset": "\(message.record.offset)",
                "error": "\(explanation)",
            ])
        try await commitOnce([message.unreadable(reason: "handler-failed", explanation: explanation)])
    }

    private func commit(_ messages: [Incoming<Rows>], of batch: KafkaBatch) async throws {
        try await patiently(batch) { try await commitOnce(messages) }
    }

    private func commitOnce(_ messages: [Incoming<Rows>]) async throws {
        let effect = try await pool.withTransaction("batch") { connection in
            try await processor.process(messages, on: connection)
        }
        relay.hand(effect.said)
        if effect.isBehind { isBehind() }
        counters.count(effect)
        if effect.dropped > 0 {
            logger.error(
                "messages were dropped behind one that is set aside; redrive or discard it, and they are asked for again",
                metadata: ["messages": "\(effect.dropped)"])
        }
        try await processor.faults?(.committed)
    }

    /// Tries until it is done or fails for good. Gives up only when the partitions are being taken away.
    private func patiently(
        _ batch: KafkaBatch, untilItSucceeds: Bool = false, _ work: () async throws -> Void
    ) async throws {
        var backoff = Backoff()
        while true {
            do {
                return try await work()
            } catch let error where error is PartitionMustWait || error is LaneStopped {
                throw error
            } catch let error where untilItSucceeds || LaneFailure.isTransient(error) {
                if Task.isCancelled { throw CancellationError() }
                if !consumer.stillHolds(batch) { throw LaneStopped() }
                health.report(name, "cannot take messages: \(LaneFailure.explanation(error))")
                counters.retried()
                if backoff.failures % 10 == 0 {
                    logger.warning("will try again", metadata: ["lane": "\(index)", "error": "\(LaneFailure.explanation(error))"])
                }
                try await backoff.pause()
            }
        }
    }
}

/// The lane's partitions are being taken away: the batch is somebody else's now.
private struct LaneStopped: Error {}
