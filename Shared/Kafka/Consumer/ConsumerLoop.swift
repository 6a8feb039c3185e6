import Logging
import Synchronization

/// What a consumer's callers hold of its thread.
final class ConsumerLoop: Sendable {
    let ended = Signal()
    let shared: ConsumerShared
    let options: KafkaConsumerOptions
    private let properties: RDProperties
    private let calls = BlockingCalls("quan.kafka.consumer")
    private let handle: Mutex<RDConsumer?>
    private let isMeasuring = Atomic<Bool>(false)
    private let isLooking = Atomic<Bool>(false)
    private let found = Mutex<Set<TopicPartition>>([])
    private let edges = Mutex<[TopicPartition: ConsumerWatch.Edges]?>(nil)
    private let lastAnswer = Mutex<ContinuousClock.Instant?>(nil)

    private static let queryTimeout = Duration.seconds(5)

    init(_ options: KafkaConsumerOptions, _ configuration: KafkaConfiguration, _ shared: ConsumerShared) throws(KafkaError) {
        self.options = options
        self.shared = shared
        properties = options.properties(configuration)
        handle = Mutex(try RDConsumer(properties))
    }

    func start() {
        DedicatedThread.start("kafka-consumer") { [self] in
            run()
            shared.finishEvents()
            ended.fire()
        }
    }

    /// One client after the other, until the consumer is closed.
    private func run() {
        var backOff = BackOff()
        var stood: [RDOffset] = []
        var stalls = 0
        while let current = handle.withLock({ $0 }) {
            shared.setQueue(current.queue)
            _ = takeEdges()
            let thread = ConsumerThread(current, self, resumingAt: stood, stalls: stalls)
            let ending = thread.serve()
            stood = thread.stood
            shared.setQueue(nil)
            handle.withLock { $0 = nil }
            thread.finish()
            if ending == .closed || shared.isClosing { return }
            stalls = ending == .failed || thread.watch.hasMoved ? 0 : stalls + 1
            shared.logger.error("the Kafka consumer is made anew", metadata: ["because": "\(ending)"])
            remake(&backOff)
        }
    }

    private func remake(_ backOff: inout BackOff) {
        while !shared.isClosing {
            Pause.thread(backOff.next())
            do {
                let fresh = try RDConsumer(properties)
                return handle.withLock { $0 = fresh }
            } catch {
                shared.logger.error("no new Kafka consumer could be made; tried again", metadata: ["error": "\(error)"])
            }
        }
    }

    // MARK: Questions that block, away from both the pool and the thread that serves

    func lag() async -> [TopicPartition: Int64] {
        (try? await calls.run { [self] in measure() }) ?? [:]
    }

    /// Has lag and progress go to the metrics, unless the last time is not over yet.
    func startMeasuring() {
        guard !isMeasuring.exchange(true, ordering: .acquiringAndReleasing) else { return }
        calls.start { [self] in
            let lag = measure()
            let partitions = shared.lanes.withLock { $0.partitions }
            for (id, partition) in partitions {
                shared.metrics.record(id, lag: lag[id], done: partition.done, waiting: partition.waiting.count)
            }
            isMeasuring.store(false, ordering: .releasing)
        }
    }

    /// What the leaders have said of the logs since this was asked last.
    func takeEdges() -> [TopicPartition: ConsumerWatch.Edges]? { edges.withLock { $0.take() } }

    /// When the brokers last answered to a look for partitions.
    var answeredAt: ContinuousClock.Instant? { lastAnswer.withLock { $0 } }

    private func measure() -> [TopicPartition: Int64] {
        let partitions = shared.lanes.withLock { $0.partitions }
        guard !partitions.isEmpty, let current = handle.withLock({ $0 }), current.use.enter() else { return [:] }
        defer { current.use.leave() }
        let deadline = ContinuousClock.now + Self.queryTimeout
        let ends = offsets(try? current.edges(Array(partitions.keys), RDOffset.end, deadline: deadline))
        let unread = partitions.filter { $0.value.done == nil }.map(\.key)
        let begins = unread.isEmpty ? [:] : offsets(try? current.edges(unread, RDOffset.beginning, deadline: deadline))
        edges.withLock { $0 = ends.reduce(into: [:]) { $0[$1.key] = ConsumerWatch.Edges(begin: begins[$1.key], end: $1.value) } }
        var lag: [TopicPartition: Int64] = [:]
        for (id, partition) in partitions {
            guard let end = ends[id] ?? current.lastSeenEnd(id), let from = partition.done ?? begins[id] else { continue }
            lag[id] = max(0, end - from)
        }
        return lag
    }

    private func offsets(_ found: [RDOffset]?) -> [TopicPartition: Int64] {
        let known = (found ?? []).filter { $0.errorCode == 0 && $0.offset >= 0 }
        return Dictionary(known.map { ($0.id, $0.offset) }) { first, _ in first }
    }

    /// Looks for the topics' partitions; what is found waits for `takeFound`.
    func startLooking() {
        guard !isLooking.exchange(true, ordering: .acquiringAndReleasing) else { return }
        calls.start { [self] in
            defer { isLooking.store(false, ordering: .releasing) }
            guard let current = handle.withLock({ $0 }), current.use.enter() else { return }
            defer { current.use.leave() }
            let deadline = ContinuousClock.now + Self.queryTimeout
            guard let partitions = try? current.partitions(of: options.topics, deadline: deadline) else { return }
            lastAnswer.withLock { $0 = .now }
            offer(partitions)
        }
    }

    func offer(_ partitions: [TopicPartition]) { found.withLock { $0.formUnion(partitions) } }

    func takeFound() -> Set<TopicPartition> {
        found.withLock { found in
            defer { found = [] }
            return found
        }
    }

    func pauseBehindForTests(_ id: TopicPartition) throws {
        guard let current = handle.withLock({ $0 }), current.use.enter() else { return }
        defer { current.use.leave() }
        try current.pause([id])
    }

    func raiseFatalErrorForTests() {
        guard let current = handle.withLock({ $0 }), current.use.enter() else { return }
        defer { current.use.leave() }
        current.client.raiseFatalErrorForTests()
    }
}

extension RDConsumer {
    /// All partitions of the topics.
    /// - Throws: `KafkaError` when a topic is not known, or the cluster does not answer by the deadline
    func partitions(of topics: [String], deadline: ContinuousClock.Instant) throws(KafkaError) -> [TopicPartition] {
        let known = try client.descriptions(deadline: deadline)
        var all: [TopicPartition] = []
        for topic in topics {
            guard let found = known[topic] else { throw .unknownTopic(topic) }
            all += found.partitions.map { TopicPartition(topic: topic, partition: $0.id) }
        }
        return all
    }
}
