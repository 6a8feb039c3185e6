import Kafka

extension MessagingOptions {
    /// The options of the service's producer.
    var producerOptions: KafkaProducerOptions {
        KafkaProducerOptions(
            linger: linger, compression: compresses ? .lz4 : .none, messageTimeout: produceTimeout,
            maximumRecordBytes: MessageLimits.recordBytes)
    }

    /// The options of the service's consumer.
    ///
    /// - Parameter resumesOnArrival: whether it also resumes waiting requests
    func consumerOptions(_ service: String, topics: [String], resumesOnArrival: Bool) -> KafkaConsumerOptions {
        KafkaConsumerOptions(
            mode: isSingleInstance ? .assigned(service) : .group(service), topics: topics, workers: workers,
            depthRecords: recordsPerPartitionAtMost, sessionTimeout: sessionTimeout,
            fetchWait: resumesOnArrival ? min(fetchWait, replyFetchWait) : fetchWait, handlerDeadline: handlerDeadline)
    }
}
