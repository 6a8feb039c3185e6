import MetricsTestKit
import Synchronization
import Testing

@testable import Kafka

extension KafkaConsumer {
    /// Waits until the consumer's thread has run two more rounds while worker 0 holds a batch: it has then acted on all that came before.
    /// With a `handlerDeadline` of 1 ms every round counts one warning.
    func roundsWithBatch() async throws {
        let before = try #require(warnings)
        try await eventually("two rounds of the consumer's thread") { (warnings ?? 0) >= before + 2 }
    }

    private var warnings: Int? { shared.workers.withLock { $0.workers[0].lease?.warnings } }
}

extension KafkaProducer {
    /// Waits until this many records are queued and not acknowledged. librdkafka also counts its events that are not served yet: of these
    /// there are few, so the records must be many.
    func queued(_ records: Int) async throws {
        try await eventually("\(records) queued records") { (loop.withClient { $0.outstanding } ?? 0) >= records }
    }
}

extension TestMetrics {
    /// How many lost connections and failed attempts to connect the consumers have reported.
    var connectionFailures: Int64 { counterTotal(label: "kafka_consumer_errors_total", dimensions: [("code", "_TRANSPORT")]) }
}
