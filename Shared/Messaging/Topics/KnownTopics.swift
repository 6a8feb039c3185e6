import Kafka
import Synchronization

/// The topics as last described by Kafka. Lookups never block, and a missing topic does not affect the others.
final class KnownTopics: Sendable {
    private let topics: Mutex<[String: KafkaTopicDescription]>

    init(_ topics: [String: KafkaTopicDescription] = [:]) { self.topics = Mutex(topics) }

    /// All known topics by name.
    var all: [String: KafkaTopicDescription] { topics.withLock { $0 } }

    func update(_ found: [String: KafkaTopicDescription]) { topics.withLock { $0 = found } }

    /// The number of a topic's partitions; a failure if the topic is unknown.
    func partitions(of topic: String) -> Result<Int, KafkaError> {
        guard let found = topics.withLock({ $0[topic] }) else { return .failure(.unknownTopic(topic)) }
        return .success(found.partitions.count)
    }

    /// The same for several topics.
    func partitions(of topics: Set<String>) -> [String: Result<Int, KafkaError>] {
        Dictionary(uniqueKeysWithValues: topics.map { ($0, partitions(of: $0)) })
    }
}
