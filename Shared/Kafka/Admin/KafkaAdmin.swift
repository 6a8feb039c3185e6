public import Logging
import Synchronization

/// Calls on topics of a real cluster: make, describe, wait for, delete. Nothing here blocks the cooperative pool.
public final class KafkaAdmin: Sendable {
    private let client: RDClient
    private let calls = BlockingCalls("quan.kafka.admin")
    private let logger: Logger
    private let isClosed = Mutex(false)

    /// - Throws: `KafkaError` that names the wrong property. No broker needs to be there yet.
    public init(_ configuration: KafkaConfiguration, logger: Logger) throws {
        let properties = RDProperties(configuration, defaults: ["log_level": "0"], fixed: ["allow.auto.create.topics": "false"])
        client = try RDClient(.producer, properties, events: 0)
        self.logger = logger
    }

    deinit {
        if !isClosed.withLock({ $0 }) { logger.error("a Kafka admin client was dropped without close(deadline:): its threads stay") }
    }

    /// Makes the topics that are not there yet, all in one request; one that is there is left as it is.
    /// - Returns: of each topic that could not be made why, by name
    /// - Throws: `KafkaError` when the cluster does not answer by the deadline
    public func createTopics(_ topics: [KafkaTopic], deadline: Duration) async throws -> [String: KafkaError] {
        guard !topics.isEmpty else { return [:] }
        let failures = try await call(deadline) { client, end in try RDAdmin(client: client).createTopics(topics, deadline: end) }
        return failures.filter { $0.value.code != KafkaError.Code.topicExists }
    }

    /// Kafka's settings of the topics, by topic and by setting. A topic whose settings this client may not see is left out.
    /// - Throws: `KafkaError` when the cluster does not answer by the deadline
    public func settings(of topics: [String], deadline: Duration) async throws -> [String: [String: String]] {
        guard !topics.isEmpty else { return [:] }
        return try await call(deadline) { client, end in try RDAdmin(client: client).settings(of: topics, deadline: end) }
    }

    /// Deletes topics with all they hold; one that is not there is passed over.
    /// - Throws: `KafkaError` of the first topic that could not be deleted
    public func deleteTopics(_ names: [String], deadline: Duration) async throws {
        guard !names.isEmpty else { return }
        let failures = try await call(deadline) { client, end in try RDAdmin(client: client).deleteTopics(names, deadline: end) }
        let refused = failures.filter { $0.value.code != KafkaError.Code.unknownTopic }.min { $0.key < $1.key }
        guard let (name, error) = refused else { return }
        throw KafkaError(code: error.code, name: error.name, reason: "topic \(name): \(error.reason)", isRetriable: error.isRetriable)
    }

    /// Deletes what lies before the given offsets, as the broker's retention would.
    /// - Throws: `KafkaError`
    public func deleteRecords(before offsets: [TopicPartition: Int64], deadline: Duration) async throws {
        guard !offsets.isEmpty else { return }
        let bounds = offsets.map { RDOffset($0.key, $0.value) }
        try await call(deadline) { client, end in try RDAdmin(client: client).deleteRecords(before: bounds, deadline: end) }
    }

    /// What the cluster says of the topics; one it does not know is absent. Asking makes none.
    /// - Throws: `KafkaError` when the cluster does not answer by the deadline
    public func describe(_ names: [String], deadline: Duration) async throws -> [KafkaTopicDescription] {
        try await call(deadline) { client, end in
            let known = try client.descriptions(deadline: end)
            return names.compactMap { known[$0] }
        }
    }

    /// Waits until every topic is there with its partitions, and every partition has a leader and its replicas in step.
    /// - Throws: `KafkaError` (`_TIMED_OUT`, naming the topics that are missing) at the deadline
    public func waitUntilThere(_ topics: [KafkaTopic], deadline: Duration) async throws {
        let end = ContinuousClock.now + deadline
        while true {
            let known = (try? await describe(topics.map(\.name), deadline: min(.seconds(5), end - .now))) ?? []
            let missing = topics.filter { topic in !known.contains { $0.serves(topic) } }
            if missing.isEmpty { return }
            guard ContinuousClock.now + .milliseconds(100) < end else {
                let names = missing.map(\.name).joined(separator: ", ")
                throw KafkaError(
                    code: KafkaError.Code.timedOut, "not there in time, or not with all partitions and replicas: \(names)")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Ends the client; calls under way end first.
    public func close(deadline: Duration) async {
        let isFirst = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return !isClosed
        }
        guard isFirst else { return }
        let (client, logger, end) = (client, logger, ContinuousClock.now + deadline)
        try? await calls.run {
            if !DedicatedThread.run("kafka-admin-close", deadline: end, { client.destroy() }) {
                logger.error("a Kafka admin client did not close in time and was left behind")
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
