import Kernel
import Logging
import Metrics
import Synchronization

/// The producer's thread: serves delivery reports, replaces the client after a fatal error, and closes within a deadline.
final class ProducerLoop: Sendable {
    let queueSpace = ProducerQueueSpace()
    let ended = Signal()
    let metrics: ProducerMetrics

    private enum Phase {
        case serving(RDProducer)
        /// The last client failed, and the next one does not exist yet.
        case replacing
        case closing(by: ContinuousClock.Instant)
    }

    private struct State {
        var phase: Phase
        var batches: [ObjectIdentifier: SendBatch] = [:]

        var client: RDProducer? { if case .serving(let client) = phase { client } else { nil } }
        var closeBy: ContinuousClock.Instant? { if case .closing(let deadline) = phase { deadline } else { nil } }
    }

    private let state: Mutex<State>
    private let properties: RDProperties
    private let logger: Logger
    private let calls = BlockingCalls("quan.kafka.producer")

    private static let tickMilliseconds: Int32 = 100
    private static let metadataStep = Duration.seconds(3)
    /// How long closing waits for the reports of purged records and for librdkafka's threads.
    private static let endGrace = Duration.seconds(5)

    init(_ properties: RDProperties, logger: Logger, metrics: ProducerMetrics) throws {
        self.properties = properties
        self.logger = logger
        self.metrics = metrics
        let first = try RDProducer(properties)
        state = Mutex(State(phase: .serving(first)))
        DedicatedThread.start("kafka-producer") { [self] in run(first) }
    }

    var isClosing: Bool { state.withLock { $0.closeBy != nil } }

    func close(deadline: ContinuousClock.Instant) {
        state.withLock { state in
            if state.closeBy == nil { state.phase = .closing(by: deadline) }
        }
    }

    /// Uses the client. Returns nil, without calling `body`, while it is replaced and after `close`.
    func withClient<R>(_ body: (RDProducer) throws -> R) rethrows -> R? {
        guard let client = state.withLock({ $0.client }) else { return nil }
        return try client.use.run { try body(client) }
    }

    // MARK: For `send`

    func register(_ batch: SendBatch) { state.withLock { $0.batches[ObjectIdentifier(batch)] = batch } }

    func unregister(_ batch: SendBatch) { state.withLock { $0.batches[ObjectIdentifier(batch)] = nil } }

    /// Enqueues records until the queue is full.
    /// - Returns: the index of the first record that is not queued
    func enqueue(_ records: [KafkaProducerRecord], from first: Int, to batch: SendBatch) -> Int {
        withClient { client in
            var produce = RDProduce(client)
            var next = first
            while next < records.count {
                if let error = produce(records[next], opaque: batch.markInFlight(next)) {
                    if error.code == KafkaError.Code.queueFull || error.code == KafkaError.Code.fatal {
                        batch.markWaiting(next)
                        break
                    }
                    batch.fail(next, error)
                }
                next += 1
            }
            batch.markEnqueued(upTo: next)
            return next
        } ?? first
    }

    func topics(end: ContinuousClock.Instant) async throws -> [String: KafkaTopicDescription] {
        while true {
            do {
                return try await calls.run { [self] in
                    // In short steps: calls run one at a time, and one with a long deadline must not make another miss its own.
                    let stepEnds = min(end, .now + Self.metadataStep)
                    if let found = try withClient({ try $0.client.descriptions(deadline: stepEnds) }) { return found }
                    throw KafkaError(
                        code: isClosing ? KafkaError.Code.closed : KafkaError.Code.timedOut,
                        "the Kafka producer is closed or its client is being replaced")
                }
            } catch let error as KafkaError {
                guard error.isRetriable, !isClosing, ContinuousClock.now + .milliseconds(100) < end else { throw error }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    // MARK: The thread

    private func run(_ first: RDProducer) {
        var backoff = Backoff(first: .milliseconds(100), longest: .seconds(10))
        var client: RDProducer? = first
        while let current = client {
            let fatal = serve(current)
            state.withLock { state in
                if case .serving = state.phase { state.phase = .replacing }
            }
            finish(current, error: fatal ?? KafkaError(code: KafkaError.Code.closed, "the Kafka producer was closed"))
            guard fatal != nil, !isClosing else { break }
            metrics.countFatal()
            client = replaceClient(&backoff)
        }
        queueSpace.close()
        ended.fire()
    }

    /// Serves a client until it is closed or fails fatally, and returns the fatal error.
    private func serve(_ client: RDProducer) -> KafkaError? {
        while true {
            serveEvents(client, milliseconds: Self.tickMilliseconds)
            queueSpace.resumeWaiters()
            metrics.record(waiting: client.outstanding)
            if let fatal = client.client.fatalError {
                logger.error("fatal error of the Kafka producer; replacing its client", metadata: ["error": "\(fatal)"])
                return fatal
            }
            guard let closeBy = state.withLock({ $0.closeBy }) else { continue }
            if client.use.shut(), client.outstanding == 0 || ContinuousClock.now >= closeBy { return nil }
        }
    }

    private func serveEvents(_ client: RDProducer, milliseconds: Int32) {
        var wait = milliseconds
        while let event = client.queue.poll(milliseconds: wait) {
            wait = 0
            switch event.kind {
            case .deliveryReports:
                event.dispatchDeliveryReports()
                queueSpace.resumeWaiters()
            case .log: event.write(to: logger)
            case .error:
                if let error = event.error { logger.debug("Kafka producer", metadata: ["error": "\(error)"]) }
            default: break
            }
        }
    }

    /// Destroys a client: every record is reported, and librdkafka's threads end or are abandoned.
    private func finish(_ client: RDProducer, error: KafkaError) {
        let end = ContinuousClock.now + Self.endGrace
        let isUnused = client.use.shut(deadline: end)
        if client.outstanding > 0 { client.purge() }
        while client.outstanding > 0, ContinuousClock.now < end { serveEvents(client, milliseconds: 10) }
        serveEvents(client, milliseconds: 0)
        let isEnded = isUnused && DedicatedThread.run("kafka-producer-close", deadline: end) { client.destroy() }
        if !isEnded { logger.error("timed out closing a Kafka producer's client; it was abandoned") }
        for batch in state.withLock({ Array($0.batches.values) }) { batch.failInFlight(error) }
    }

    private func replaceClient(_ backoff: inout Backoff) -> RDProducer? {
        while !isClosing {
            Pause.thread(backoff.next())
            do {
                let fresh = try RDProducer(properties)
                state.withLock { state in
                    if case .replacing = state.phase { state.phase = .serving(fresh) }
                }
                return fresh
            } catch {
                logger.error("cannot create a Kafka producer client; retrying", metadata: ["error": "\(error)"])
            }
        }
        return nil
    }
}
