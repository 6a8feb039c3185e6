import Kafka

/// How many partitions each topic has, asked of Kafka once in a while.
struct PartitionCounts: Sendable {
    let producer: KafkaProducer
    private let since = ContinuousClock.now
    private var counts: [String: Int] = [:]

    init(producer: KafkaProducer) { self.producer = producer }

    /// Whether it is time to ask again.
    var areStale: Bool { ContinuousClock.now - since > .seconds(60) }

    /// The numbers of some topics, each as `known` tells it.
    mutating func known(_ topics: Set<String>) async throws -> [String: Result<Int, KafkaError>] {
        var all: [String: Result<Int, KafkaError>] = [:]
        for topic in topics { all[topic] = try await known(topic) }
        return all
    }

    /// The number, or that there is no such topic. Throws when nobody can tell.
    mutating func known(_ topic: String) async throws -> Result<Int, KafkaError> {
        if let count = counts[topic] { return .success(count) }
        do {
            let count = try await producer.partitionCount(of: topic, deadline: .seconds(10))
            counts[topic] = count
            return .success(count)
        } catch let error as KafkaError where error.isUnknownTopic {
            return .failure(error)
        }
    }
}
