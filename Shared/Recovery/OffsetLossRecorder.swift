package import Kafka
import Messages

/// Records lost offsets in the database before any later offset is stored: otherwise a loss would be forgotten when the process dies, and
/// the missing records would never be requested.
package struct OffsetLossRecorder: Sendable {
    let consumer: KafkaConsumer
    /// The number of a topic's partitions. Throws while the topic is not known.
    let partitions: @Sendable (_ topic: String) throws -> Int
    /// The services that write to a topic.
    let writers: @Sendable (_ topic: String) -> [String]
    let catchUp: CatchUp

    package init(
        consumer: KafkaConsumer, partitions: @escaping @Sendable (String) throws -> Int, writers: @escaping @Sendable (String) -> [String],
        catchUp: CatchUp
    ) {
        (self.consumer, self.partitions, self.writers, self.catchUp) = (consumer, partitions, writers, catchUp)
    }

    /// Records all offset losses that are not recorded yet. Cheap when there are none; concurrent calls are safe. An offset that is lost
    /// again meanwhile is recorded by the next call.
    package func settle() async throws {
        let lost = consumer.positionLosses
        guard !lost.isEmpty else { return }
        var keys: Set<Watermark.Key> = []
        for id in Set(lost.map(\.id)) {
            let shards = Shard.shards(inPartition: id.partition, of: try partitions(id.topic))
            for source in writers(id.topic) {
                keys.formUnion(shards.map { Watermark.Key(source: source, topic: id.topic, shard: $0) })
            }
        }
        try await catchUp.lost(keys)
        consumer.resolve(lost)
    }

    /// Records losses on partitions that deliver no batches, for example after the whole log was lost.
    package func run() async throws {
        while !Task.isCancelled {
            try? await settle()
            try await Task.sleep(for: .milliseconds(500))
        }
    }
}
