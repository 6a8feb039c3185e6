import Kafka
import Logging

/// The partitions of a lane that wait, each ever longer up to a bound, while the lane goes on with the others.
struct PartitionWaits {
    let consumer: KafkaConsumer
    let health: MessagingHealth
    let counters: MessagingMetrics
    let logger: Logger

    private var backoffs: [TopicPartition: Backoff] = [:]

    init(consumer: KafkaConsumer, health: MessagingHealth, counters: MessagingMetrics, logger: Logger) {
        self.consumer = consumer
        self.health = health
        self.counters = counters
        self.logger = logger
    }

    /// Gives nothing of the partition out for a while.
    mutating func begin(_ waiting: PartitionMustWait) {
        let id = waiting.partition
        var backoff = backoffs[id] ?? Backoff()
        if backoff.failures % 10 == 0 {
            logger.warning("a partition waits", metadata: ["partition": "\(id)", "error": "\(waiting)"])
        }
        let pause = backoff.next()
        backoffs[id] = backoff
        health.report(Self.part(id), "takes no messages: \(waiting)")
        counters.retried()
        consumer.pauseTaking(id)
        // It ends by itself within the pause, and resuming what is not paused, or not ours any more, changes nothing.
        Task { [consumer] in
            try? await Task.sleep(for: pause)
            consumer.resumeTaking(id)
        }
    }

    /// These partitions have moved.
    mutating func end(_ partitions: [TopicPartition]) {
        for id in partitions where backoffs.removeValue(forKey: id) != nil { health.clear(Self.part(id)) }
    }

    /// The name under which a waiting partition's problem stands.
    static func part(_ id: TopicPartition) -> String { "partition \(id)" }
}
