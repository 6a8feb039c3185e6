import Kafka
import Synchronization

/// The topics as Kafka showed them last, for all who write to them. Nobody waits here, and a topic that is not there keeps nobody from the
/// others.
final class KnownTopics: Sendable {
    private let topics: Mutex<[String: KafkaTopicDescription]>

    init(_ topics: [String: KafkaTopicDescription] = [:]) { self.topics = Mutex(topics) }

    /// All of them by name.
    var all: [String: KafkaTopicDescription] { topics.withLock { $0 } }

    func learn(_ found: [String: KafkaTopicDescription]) { topics.withLock { $0 = found } }

    /// How many partitions a topic has, or that Kafka shows no such topic.
    func partitions(of topic: String) -> Result<Int, KafkaError> {
        guard let found = topics.withLock({ $0[topic] }) else { return .failure(.unknownTopic(topic)) }
        return .success(found.partitions.count)
    }

    /// The same of some.
    func partitions(of topics: Set<String>) -> [String: Result<Int, KafkaError>] {
        Dictionary(uniqueKeysWithValues: topics.map { ($0, partitions(of: $0)) })
    }
}
