import CLibrdkafka
import Synchronization
import Testing

@testable import Kafka

extension KafkaConsumer {
    /// Raises a fatal error in librdkafka's client.
    func raiseFatalError() throws {
        let result = shared.withClient { $0.client.raiseFatalError() }
        try #require(result == RD_KAFKA_RESP_ERR_NO_ERROR)
    }

    /// Pauses fetching of a partition in librdkafka without this module's knowledge.
    func pauseFetching(_ id: TopicPartition) throws {
        let paused: Void? = try shared.withClient { try $0.pause([id]) }
        try #require(paused != nil)
    }

    /// Adds partitions as a discovery would, because the embedded broker cannot add partitions to a topic.
    func discover(_ ids: [TopicPartition]) { loop.withLock { $0 }?.addDiscovered(ids) }
}

extension KafkaProducer {
    /// Raises a fatal error in librdkafka's client.
    func raiseFatalError() throws {
        let result = loop.withClient { $0.client.raiseFatalError() }
        try #require(result == RD_KAFKA_RESP_ERR_NO_ERROR)
    }
}

extension RDClient {
    fileprivate func raiseFatalError() -> rd_kafka_resp_err_t {
        rd_kafka_test_fatal_error(pointer, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "raised by a test")
    }
}
