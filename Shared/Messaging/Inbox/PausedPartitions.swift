import Kafka
import Kernel
import Logging

/// The paused partitions of a worker. Each pause of a partition is longer than the one before, up to a bound; the worker continues with the
/// other partitions.
struct PausedPartitions {
    let consumer: KafkaConsumer
    let health: MessagingHealth
    let counters: MessagingMetrics
    let logger: Logger

    private var backoffs: [TopicPartition: Backoff] = [:]

    init(consumer: KafkaConsumer, health: MessagingHealth, counters: MessagingMetrics, logger: Logger) {
        (self.consumer, self.health, self.counters, self.logger) = (consumer, health, counters, logger)
    }

    /// Pauses a partition.
    mutating func begin(_ failure: PartitionMustPause) {
        let id = failure.partition
        var backoff = backoffs[id] ?? Backoff()
        if backoff.failures % 10 == 0 {
            logger.warning("a partition is paused", metadata: ["partition": "\(id)", "error": "\(failure)"])
        }
        let pause = backoff.next()
        backoffs[id] = backoff
        health.report(Self.healthPart(id), "paused: \(failure)")
        counters.retried()
        consumer.pauseDelivery(id)
        // Resuming a partition that is not paused, or no longer assigned, has no effect.
        Task { [consumer] in
            try? await Task.sleep(for: pause)
            consumer.resumeDelivery(id)
        }
    }

    /// Records that batches of these partitions have succeeded.
    mutating func end(_ partitions: [TopicPartition]) {
        for id in partitions where backoffs.removeValue(forKey: id) != nil { health.clear(Self.healthPart(id)) }
    }

    /// The name under which a paused partition is reported to health.
    static func healthPart(_ id: TopicPartition) -> String { "partition \(id)" }
}
