import Logging
import Metrics
import Synchronization

/// The producer's thread: serves delivery reports, replaces the client after a fatal error, and closes within a deadline.
final class ProducerLoop: Sendable {
    let queueSpace = ProducerQueueSpace()
    let ended = Signal()
    let metrics: ProducerMetrics

    private struct State {
        var handle: RDProducer?
        var batches: [ObjectIdentifier: SendBatch] = [:]
        var closeBy: ContinuousClock.Instant?
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
        state = Mutex(State(handle: try RDProducer(properties)))
    }

    func start() { DedicatedThread.start("kafka-producer") { [self] in run() } }

    var isClosing: Bool { state.withLock { $0.closeBy != nil } }

    func close(deadline: ContinuousClock.Instant) {
        state.withLock { state in
            if state.closeBy == nil { state.closeBy = deadline }
        }
    }

    // MARK: For `send`

    func register(_ batch: SendBatch) { state.withLock { $0.batches[ObjectIdentifier(batch)] = batch } }

    func unregister(_ batch: SendBatch) { state.withLock { $0.batches[ObjectIdentifier(batch)] = nil } }

    /// Enqueues records until the queue is full.
    /// - Returns: the index of the first record that is not queued
    func enqueue(_ records: [KafkaProducerRecord], from first: Int, to batch: SendBatch) -> Int {
        guard let handle = state.withLock({ $0.closeBy == nil ? $0.handle : nil }), handle.use.enter() else { return first }
        defer { handle.use.leave() }
        var produce = RDProduce(handle)
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
    }

    func topics(end: ContinuousClock.Instant) async throws -> [String: KafkaTopicDescription] {
        while true {
            do {
                return try await calls.run { [self] in
                    guard let handle = state.withLock({ $0.closeBy == nil ? $0.handle : nil }), handle.use.enter() else {
                        throw KafkaError(
                            code: isClosing ? KafkaError.Code.closed : KafkaError.Code.timedOut,
                            "the Kafka producer is closed or its client is being replaced")
                    }
                    defer { handle.use.leave() }
                    // In short steps: calls run one at a time, and one with a long deadline must not make another miss its own.
                    let stepEnds = min(end, .now + Self.metadataStep)
                    return try handle.client.descriptions(deadline: stepEnds)
                }
            } catch let error as KafkaError {
                guard error.isRetriable, !isClosing, ContinuousClock.now + .milliseconds(100) < end else { throw error }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    // MARK: The thread

    private func run() {
        var backOff = BackOff()
        while let handle = state.withLock({ $0.handle }) {
            let fatal = serve(handle)
            state.withLock { $0.handle = nil }
            finish(handle, error: fatal ?? KafkaError(code: KafkaError.Code.closed, "the Kafka producer was closed"))
            guard fatal != nil, !isClosing else { break }
            metrics.countFatal()
            replaceClient(&backOff)
        }
        queueSpace.close()
        ended.fire()
    }

    /// Serves a client until it is closed or fails fatally, and returns the fatal error.
    private func serve(_ handle: RDProducer) -> KafkaError? {
        while true {
            serveEvents(handle, milliseconds: Self.tickMilliseconds)
            queueSpace.resumeWaiters()
            metrics.record(waiting: handle.outstanding)
            if let fatal = handle.client.fatalError {
                logger.error("fatal error of the Kafka producer; replacing its client", metadata: ["error": "\(fatal)"])
                return fatal
            }
            guard let closeBy = state.withLock({ $0.closeBy }) else { continue }
            if handle.use.shut(), handle.outstanding == 0 || ContinuousClock.now >= closeBy { return nil }
        }
    }

    private func serveEvents(_ handle: RDProducer, milliseconds: Int32) {
        var wait = milliseconds
        while let event = handle.queue.poll(milliseconds: wait) {
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
    private func finish(_ handle: RDProducer, error: KafkaError) {
        let end = ContinuousClock.now + Self.endGrace
        let isUnused = handle.use.shut(deadline: end)
        if handle.outstanding > 0 { handle.purge() }
        while handle.outstanding > 0, ContinuousClock.now < end { serveEvents(handle, milliseconds: 10) }
        serveEvents(handle, milliseconds: 0)
        let isEnded = isUnused && DedicatedThread.run("kafka-producer-close", deadline: end) { handle.destroy() }
        if !isEnded { logger.error("timed out closing a Kafka producer's client; it was abandoned") }
        for batch in state.withLock({ Array($0.batches.values) }) { batch.failInFlight(error) }
    }

    private func replaceClient(_ backOff: inout BackOff) {
        while !isClosing {
            Pause.thread(backOff.next())
            do {
                let fresh = try RDProducer(properties)
                return state.withLock { $0.handle = fresh }
            } catch {
                logger.error("cannot create a Kafka producer client; retrying", metadata: ["error": "\(error)"])
            }
        }
    }

    func raiseFatalErrorForTests() {
        guard let handle = state.withLock({ $0.handle }), handle.use.enter() else { return }
        defer { handle.use.leave() }
        handle.client.raiseFatalErrorForTests()
    }
}
