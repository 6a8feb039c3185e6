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
    let options: MessagingOptions
    let consumer: KafkaConsumer
    let pool: PostgresPool
    let reader: Reader<Rows>
    let processor: BatchProcessor<Rows>
    let controls: Controls<Rows>
    let health: MessagingHealth
    let counters: MessagingMetrics
    let logger: Logger
    let signals: WorkerSignals
    let beforeBatch: @Sendable () async throws -> Void

    private var name: String { "worker-\(index)" }

    /// Runs until the consumer is closed or the task is cancelled.
    func run() async throws {
        var paused = PausedPartitions(consumer: consumer, health: health, counters: counters, logger: logger)
        while let batch = try await consumer.next(worker: index, upTo: options.batchAtMost) {
            // The interval counts from the start: messages that arrived during a long batch have already waited.
            let next = ContinuousClock.now + options.batchInterval
            do {
                try await process(batch)
                paused.end(batch.partitions)
                if next > .now { try await Task.sleep(until: next, clock: .continuous) }
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

    private func handle(_ control: Incoming<Rows>.Control, _ incoming: Incoming<Rows>, of batch: KafkaBatch) async throws {
        try await parkIfFailing(incoming, of: batch) {
            try await controls.handle(control, incoming)
            signals.committed()
        }
    }

    private func commitTogether(_ messages: [Incoming<Rows>], of batch: KafkaBatch) async throws {
        guard !messages.isEmpty else { return }
        for isLastTry in [false, true] {
            do {
                return try await withRetry(batch) { try await commit(messages) }
            } catch let error where shouldPark(error) {
                logger.warning(
                    "a batch failed", metadata: ["messages": "\(messages.count)", "error": "\(WorkerFailure.explanation(error))"])
                if isLastTry { break }
            }
        }
        for message in messages { try await parkIfFailing(message, of: batch) { try await commit([message]) } }
    }

    /// Does the work for one message, and parks the message if the work fails because of it. Parking uses only the inbox's own tables; if it
    /// fails too, the message was not the cause, and the whole is retried.
    private func parkIfFailing(_ message: Incoming<Rows>, of batch: KafkaBatch, _ work: () async throws -> Void) async throws {
        try await withRetry(batch, onAnyError: true) {
            do {
                try await work()
            } catch let error where shouldPark(error) {
                let explanation = WorkerFailure.explanation(error)
                let place: Logger.Metadata = [
                    "topic": "\(message.record.topic)", "partition": "\(message.record.partition)", "offset": "\(message.record.offset)",
                ]
                logger.error("a message is parked", metadata: place.merging(["error": "\(explanation)"]) { $1 })
                try await commit([message.unreadable(reason: "handler-failed", explanation: explanation)])
            }
        }
    }

    /// Whether the error is caused by the messages themselves, and not by the database, by a transient failure or by a rebalance.
    private func shouldPark(_ error: any Error) -> Bool {
        !(error is PartitionMustPause) && !(error is WorkerStopped) && !WorkerFailure.isTransient(error)
    }

    private func commit(_ messages: [Incoming<Rows>]) async throws {
        let effect = try await pool.withTransaction("batch") { connection in
            try await processor.process(messages, on: connection)
        }
        if effect.hasMessages { signals.committed() }
        if effect.hasGap { signals.gap() }
        if effect.hasAppliedOutcomes { signals.applied() }
        counters.count(effect)
        if effect.dropped > 0 {
            logger.error(
                "messages were dropped because their key is parked and full; redrive or discard its head, and they are requested again",
                metadata: ["messages": "\(effect.dropped)"])
        }
        try await processor.faults?(.committed)
    }

    /// Retries after transient errors, or after any error. Stops when the batch's partitions are revoked.
    private func withRetry(_ batch: KafkaBatch, onAnyError: Bool = false, _ work: () async throws -> Void) async throws {
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

/// What a worker signals to the other parts of messaging after a commit.
struct WorkerSignals: Sendable {
    /// Messages were written to the outbox.
    let committed: @Sendable () -> Void
    /// Records are missing.
    let gap: @Sendable () -> Void
    /// Outcomes or events of commands accepted here were recorded.
    let applied: @Sendable () -> Void
}

/// The batch's partitions were revoked; another instance will process it.
private struct WorkerStopped: Error {}
