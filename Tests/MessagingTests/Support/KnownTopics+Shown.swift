import Kafka

@testable import Messaging

extension KnownTopics {
    /// The topics as the broker describes them now.
    static func shown(to producer: KafkaProducer) async throws -> KnownTopics {
        KnownTopics(try await producer.topics(deadline: .seconds(30)))
    }
}
