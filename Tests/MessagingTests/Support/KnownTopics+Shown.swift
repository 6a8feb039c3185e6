import Kafka

@testable import Messaging

extension KnownTopics {
    /// What the broker shows a producer now.
    static func shown(to producer: KafkaProducer) async throws -> KnownTopics {
        KnownTopics(try await producer.topics(deadline: .seconds(30)))
    }
}
