import Foundation
import Kafka
import Kernel
import Logging
import Messages
import Postgres

/// Processes the batches of some partitions, one after another, each in a transaction.
///
/// After a transient error a batch is retried without limit, with bounded pauses, while readiness is red and the partitions wait. After any
/// other error it is retried once, then processed message by message, and each message that fails alone is parked.
struct Worker<Rows: UnitOfWork>: Sendable {
    let index: Int
    let batchAtMost: Int
    let batchInterval: Duration
    let consumer: KafkaConsumer
    let pool: PostgresPool
    let reader: Reader<Rows>
    let processor: BatchProcessor<Rows>
    let controls: Controls<Rows>
    let health: MessagingHealth
    let counters: MessagingMetrics
    let logger: Logger
    let relay: Relay
    let signalCatchUp: @Sendable () -> Void
    let signalApplied: @Sendable () -> Void
    let beforeBatch: @Sendable () async throws -> Void

    private var name: String { "worker-\(index)" }

    /// Runs until the consumer is closed or the task is cancelled.
    func run() async throws {
        var paused = PausedPartitions(consumer: consumer, health: health, counters: counters, logger: logger)
        var interval = BatchInterval(batchInterval)
        while let batch = try await consumer.next(worker: index, upTo: batchAtMost) {
            interval.begin()
            do {
                try await process(batch)
                paused.end(batch.partitions)
                let remaining = interval.remaining()
                if remaining > .zero { try await Task.sleep(for: remaining) }
            } catch let failure as PartitionMustPause {
                // The command that resolves the failure may be in this batch.
                try? await handleControls(of: batch)
                consumer.abandon(batch)
                paused.begin(failure)
            } catch is WorkerStopped {
                consumer.abandon(batch)
            } catch is CancellationError {
                consumer.abandon(batch)
                return
            }
        }
    }

    private func process(_ batch: KafkaBatch) async throws {
        try await withRetry(batch, onAnyError: true) {
            try await beforeBatch()
            try await processor.faults?(.received)
        }
        let started = ContinuousClock.now
        var segment: [Incoming<Rows>] = []
        for record in batch.records {
            let incoming = reader.read(record)
            if case .control(let control) = incoming.content {
                try await commitTogether(segment, of: batch)
                segment = []
                try await handle(control, incoming, of: batch)
            } else {
                segment.append(incoming)
            }
        }
        try await commitTogether(segment, of: batch)
        health.clear(name)
        await consumer.complete(batch)
        counters.batch(messages: batch.records.count, took: .now - started)
        try await processor.faults?(.offsetStored)
    }

    /// Handles the requests to the messaging layer out of order. Handling them again later, in order, is harmless.
    private func handleControls(of batch: KafkaBatch) async throws {
        for incoming in batch.records.map(reader.read) {
            if case .control(let control) = incoming.content { try await handle(control, incoming, of: batch) }
        }
    }

    private func commitTogether(_ messages: [Incoming<Rows>], of batch: KafkaBatch) async throws {
        guard !messages.isEmpty else { return }
        for isLastTry in [false, true] {
            do {
                return try await commit(messages, of: batch)
            } catch let error where shouldPark(error) {
                logger.warning(
                    "a batch failed", metadata: ["messages": "\(messages.count)", "error": "\(WorkerFailure.explanation(error))"])
                if isLastTry { break }
            }
        }
        for message in messages { try await commitSingly(message, of: batch) }
    }

    private func commitSingly(_ message: Incoming<Rows>, of batch: KafkaBatch) async throws {
        try await withRetry(batch, onAnyError: true) {
            do {
                try await commit([message], of: batch)
            } catch let error where shouldPark(error) {
                try await park(message, because: error)
            }
        }
    }

    private func handle(_ control: Incoming<Rows>.Control, _ incoming: Incoming<Rows>, of batch: KafkaBatch) async throws {
        try await withRetry(batch, onAnyError: true) {
            do {
                try await controls.handle(control, incoming)
                relay.signal()
            } catch let error where shouldPark(error) {
                try await park(incoming, because: error)
            }
        }
    }

    /// Whether the error is caused by the messages themselves, and not by the database, by a transient failure or by a rebalance.
    private func shouldPark(_ error: any Error) -> Bool {
        !(error is PartitionMustPause) && !(error is WorkerStopped) && !WorkerFailure.isTransient(error)
    }

    /// Parks a message. Parking uses only the inbox's own tables; if it fails, the message was not the cause, and the caller retries the
    /// whole message.
    private func park(_ message: Incoming<Rows>, because error: any Error) async throws {
        let explanation = WorkerFailure.explanation(error)
        logger.error(
            "a message is parked",
            metadata: [
                "topic": "\(message.record.topic)", "partition": "\(message.record.partition)", "offset": "\(message.record.offset)",
                "error": "\(explanation)",
            ])
        try await commitOnce([message.unreadable(reason: "handler-failed", explanation: explanation)])
    }

    private func commit(_ messages: [Incoming<Rows>], of batch: KafkaBatch) async throws {
        try await withRetry(batch) { try await commitOnce(messages) }
    }

    private func commitOnce(_ messages: [Incoming<Rows>]) async throws {
        let effect = try await pool.withTransaction("batch") { connection in
            try await processor.process(messages, on: connection)
        }
        relay.hand(effect.outboxWritings)
        if effect.hasGap { signalCatchUp() }
        if effect.hasAppliedOutcomes { signalApplied() }
        counters.count(effect)
        if effect.dropped > 0 {
            logger.error(
                "messages were dropped because their key is parked and full; redrive or discard its head, and they are requested again",
                metadata: ["messages": "\(effect.dropped)"])
        }
        try await processor.faults?(.committed)
    }

    /// Retries after transient errors, or after any error. Stops when the batch's partitions are revoked.
    private func withRetry(
        _ batch: KafkaBatch, onAnyError: Bool = false, _ work: () async throws -> Void
    ) async throws {
        var backoff = Backoff()
        while true {
            do {
                return try await work()
            } catch let error where error is PartitionMustPause || error is WorkerStopped {
                throw error
            } catch let error where onAnyError || WorkerFailure.isTransient(error) {
                if Task.isCancelled { throw CancellationError() }
                if !consumer.isStillAssigned(batch) { throw WorkerStopped() }
                health.report(name, "cannot process messages: \(WorkerFailure.explanation(error))")
                counters.retried()
                if backoff.failures % 10 == 0 {
                    logger.warning(
                        "a batch failed and will be retried",
                        metadata: ["worker": "\(index)", "error": "\(WorkerFailure.explanation(error))"])
                }
                try await backoff.pause()
            }
        }
    }
}

/// The batch's partitions were revoked; another instance will process it.
private struct WorkerStopped: Error {}
