import Kernel
import Logging
import Synchronization

/// Runs a consumer's thread and replaces its librdkafka client after failures. Shared by the thread and the callers.
final class ConsumerLoop: Sendable {
    let ended = Signal()
    let shared: ConsumerShared
    let options: KafkaConsumerOptions
    private let properties: RDProperties
    private let calls = BlockingCalls("quan.kafka.consumer")
    private let isMeasuring = Atomic<Bool>(false)
    private let isDiscovering = Atomic<Bool>(false)
    private let discovered = Mutex<Set<TopicPartition>>([])
    private let logBounds = Mutex<[TopicPartition: ConsumerStallDetector.LogBounds]?>(nil)
    private let lastAnswer = Mutex<ContinuousClock.Instant?>(nil)

    private static let queryTimeout = Duration.seconds(5)

    init(_ options: KafkaConsumerOptions, _ configuration: KafkaConfiguration, _ shared: ConsumerShared) throws(KafkaError) {
        self.options = options
        self.shared = shared
        properties = options.properties(configuration)
        let first = try RDConsumer(properties)
        shared.client.withLock { $0 = first }
    }

    func start() {
        DedicatedThread.start("kafka-consumer") { [self] in
            run()
            shared.finishEvents()
            ended.fire()
        }
    }

    /// Runs one client after another until the consumer is closed.
    private func run() {
        var backoff = Backoff(first: .milliseconds(100), longest: .seconds(10))
        var lastPositions: [RDOffset] = []
        var stalls = 0
        while let current = shared.client.withLock({ $0 }) {
            _ = takeLogBounds()
            let thread = ConsumerThread(current, self, resumingAt: lastPositions, stalls: stalls)
            let reason = thread.serve()
            lastPositions = thread.lastPositions
            shared.client.withLock { $0 = nil }
            thread.finish()
            if reason == .closed || shared.isClosing { return }
            stalls = reason == .failed || thread.stallDetector.hasProgressed ? 0 : stalls + 1
            shared.logger.error("replacing the Kafka consumer's client", metadata: ["reason": "\(reason)"])
            replaceClient(&backoff)
        }
    }

    private func replaceClient(_ backoff: inout Backoff) {
        while !shared.isClosing {
            Pause.thread(backoff.next())
            do {
                let fresh = try RDConsumer(properties)
                return shared.client.withLock { $0 = fresh }
            } catch {
                shared.logger.error("cannot create a Kafka consumer client; retrying", metadata: ["error": "\(error)"])
            }
        }
    }

    // MARK: Blocking queries, run neither on the cooperative pool nor on the consumer's thread

    func lag() async -> [TopicPartition: Int64] {
        (try? await calls.run { [self] in measure() }) ?? [:]
    }

    /// Starts recording lag and progress in the metrics, unless the previous measurement is still running.
    func startMeasuring() {
        guard !isMeasuring.exchange(true, ordering: .acquiringAndReleasing) else { return }
        calls.start { [self] in
            let lag = measure()
            for (id, partition) in progress { shared.metrics.record(id, lag: lag[id], done: partition.done, waiting: partition.waiting) }
            isMeasuring.store(false, ordering: .releasing)
        }
    }

    /// The log bounds measured since the last call; nil when nothing was measured.
    func takeLogBounds() -> [TopicPartition: ConsumerStallDetector.LogBounds]? { logBounds.withLock { $0.take() } }

    /// When the brokers last answered a partition discovery request.
    var answeredAt: ContinuousClock.Instant? { lastAnswer.withLock { $0 } }

    /// The first offset that is not completed, and the number of buffered records, of each partition.
    private var progress: [TopicPartition: (done: Int64?, waiting: Int)] {
        shared.workers.withLock { $0.partitions.mapValues { (done: $0.done, waiting: $0.waiting.count) } }
    }

    private func measure() -> [TopicPartition: Int64] { shared.withClient { measure($0) } ?? [:] }

    private func measure(_ client: RDConsumer) -> [TopicPartition: Int64] {
        let partitions = progress
        guard !partitions.isEmpty else { return [:] }
        let deadline = ContinuousClock.now + Self.queryTimeout
        let ends = offsets(try? client.listOffsets(Array(partitions.keys), RDOffset.end, deadline: deadline))
        let unread = partitions.filter { $0.value.done == nil }.map(\.key)
        let begins = unread.isEmpty ? [:] : offsets(try? client.listOffsets(unread, RDOffset.beginning, deadline: deadline))
        logBounds.withLock {
            $0 = ends.reduce(into: [:]) { $0[$1.key] = ConsumerStallDetector.LogBounds(begin: begins[$1.key], end: $1.value) }
        }
        var lag: [TopicPartition: Int64] = [:]
        for (id, partition) in partitions {
            guard let end = ends[id] ?? client.lastSeenEnd(id), let from = partition.done ?? begins[id] else { continue }
            lag[id] = max(0, end - from)
        }
        return lag
    }

    private func offsets(_ found: [RDOffset]?) -> [TopicPartition: Int64] {
        let known = (found ?? []).filter { $0.errorCode == 0 && $0.offset >= 0 }
        return Dictionary(known.map { ($0.id, $0.offset) }) { first, _ in first }
    }

    /// Starts a lookup of the topics' partitions; `takeDiscovered` returns the result.
    func startDiscovery() {
        guard !isDiscovering.exchange(true, ordering: .acquiringAndReleasing) else { return }
        calls.start { [self] in
            defer { isDiscovering.store(false, ordering: .releasing) }
            let deadline = ContinuousClock.now + Self.queryTimeout
            guard let partitions = try? shared.withClient({ try $0.partitions(of: options.topics, deadline: deadline) }) else { return }
            lastAnswer.withLock { $0 = .now }
            addDiscovered(partitions)
        }
    }

    func addDiscovered(_ partitions: [TopicPartition]) { discovered.withLock { $0.formUnion(partitions) } }

    func takeDiscovered() -> Set<TopicPartition> {
        discovered.withLock { discovered in
            defer { discovered = [] }
            return discovered
        }
    }
}

extension RDConsumer {
    /// All partitions of the topics.
    /// - Throws: `KafkaError` when a topic is unknown or the cluster does not answer by the deadline
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
