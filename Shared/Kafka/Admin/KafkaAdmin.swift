public import Logging
import Synchronization

/// Creates, describes, awaits and deletes topics of a real cluster. No call blocks the cooperative pool.
public final class KafkaAdmin: Sendable {
    private let client: RDClient
    private let calls = BlockingCalls("quan.kafka.admin")
    private let logger: Logger
    private let isClosed = Mutex(false)

    /// Creates a client; no broker needs to be reachable yet.
    /// - Throws: `KafkaError` that names an invalid property
    public init(_ configuration: KafkaConfiguration, logger: Logger) throws {
        let properties = RDProperties(configuration, defaults: ["log_level": "0"], fixed: ["allow.auto.create.topics": "false"])
        client = try RDClient(.producer, properties, events: 0)
        self.logger = logger
    }

    deinit {
        if !isClosed.withLock({ $0 }) { logger.error("a Kafka admin client was deallocated without close(deadline:): its threads leak") }
    }

    /// Creates the topics that do not exist yet, all in one request. Existing topics are not changed.
    /// - Returns: the errors of the topics that could not be created, by name
    /// - Throws: `KafkaError` when the cluster does not answer by the deadline
    public func createTopics(_ topics: [KafkaTopic], deadline: Duration) async throws -> [String: KafkaError] {
        guard !topics.isEmpty else { return [:] }
        let failures = try await call(deadline) { client, end in try RDAdmin(client: client).createTopics(topics, deadline: end) }
        return failures.filter { $0.value.code != KafkaError.Code.topicExists }
    }

    /// The configuration of the topics, by topic and by property. A topic whose configuration this client may not read is omitted.
    /// - Throws: `KafkaError` when the cluster does not answer by the deadline
    public func settings(of topics: [String], deadline: Duration) async throws -> [String: [String: String]] {
        guard !topics.isEmpty else { return [:] }
        return try await call(deadline) { client, end in try RDAdmin(client: client).settings(of: topics, deadline: end) }
    }

    /// Deletes topics and their records. Topics that do not exist are ignored.
    /// - Throws: `KafkaError` of the first topic that could not be deleted
    public func deleteTopics(_ names: [String], deadline: Duration) async throws {
        guard !names.isEmpty else { return }
        let failures = try await call(deadline) { client, end in try RDAdmin(client: client).deleteTopics(names, deadline: end) }
        let refused = failures.filter { $0.value.code != KafkaError.Code.unknownTopic }.min { $0.key < $1.key }
        guard let (name, error) = refused else { return }
        throw KafkaError(code: error.code, name: error.name, reason: "topic \(name): \(error.reason)", isRetriable: error.isRetriable)
    }

    /// Deletes the records before the given offsets, as the broker's retention would.
    /// - Throws: `KafkaError`
    public func deleteRecords(before offsets: [TopicPartition: Int64], deadline: Duration) async throws {
        guard !offsets.isEmpty else { return }
        let bounds = offsets.map { RDOffset($0.key, $0.value) }
        try await call(deadline) { client, end in try RDAdmin(client: client).deleteRecords(before: bounds, deadline: end) }
    }

    /// Describes the topics. Unknown topics are omitted, and the request does not create topics.
    /// - Throws: `KafkaError` when the cluster does not answer by the deadline
    public func describe(_ names: [String], deadline: Duration) async throws -> [KafkaTopicDescription] {
        try await call(deadline) { client, end in
            let known = try client.descriptions(deadline: end)
            return names.compactMap { known[$0] }
        }
    }

    /// Waits until every topic exists with its partitions, and every partition has a leader and all its replicas in sync.
    /// - Throws: `KafkaError` (`_TIMED_OUT`, naming the topics that are not ready) at the deadline
    public func waitUntilAvailable(_ topics: [KafkaTopic], deadline: Duration) async throws {
        let end = ContinuousClock.now + deadline
        while true {
            let known = (try? await describe(topics.map(\.name), deadline: min(.seconds(5), end - .now))) ?? []
            let missing = topics.filter { topic in !known.contains { $0.satisfies(topic) } }
            if missing.isEmpty { return }
            guard ContinuousClock.now + .milliseconds(100) < end else {
                let names = missing.map(\.name).joined(separator: ", ")
                throw KafkaError(
                    code: KafkaError.Code.timedOut, "topics are missing, or lack partitions, leaders or in-sync replicas: \(names)")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Closes the client after the running calls have ended.
    public func close(deadline: Duration) async {
        let isFirst = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return !isClosed
        }
        guard isFirst else { return }
        let (client, logger, end) = (client, logger, ContinuousClock.now + deadline)
        try? await calls.run {
            if !DedicatedThread.run("kafka-admin-close", deadline: end, { client.destroy() }) {
                logger.error("timed out closing a Kafka admin client; it was abandoned")
            }
        }
    }

    private func call<R: Sendable>(
        _ deadline: Duration, _ body: @escaping @Sendable (RDClient, ContinuousClock.Instant) throws -> R
    ) async throws -> R {
        guard !isClosed.withLock({ $0 }) else { throw KafkaError(code: KafkaError.Code.closed, "the Kafka admin client is closed") }
        let (client, end) = (client, ContinuousClock.now + deadline)
        return try await calls.run { try body(client, end) }
    }
}
