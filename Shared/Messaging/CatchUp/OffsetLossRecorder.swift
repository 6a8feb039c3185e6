import Kafka
import Messages

/// Records lost offsets in the database before any later offset is stored: otherwise a loss would be forgotten when the process dies, and
/// the missing records would never be requested.
struct OffsetLossRecorder: Sendable {
    let consumer: KafkaConsumer
    let topics: KnownTopics
    let writers: @Sendable (_ topic: String) -> [String]
    /// Stores in which shards records may be missing.
    let note: @Sendable ([Watermark.Key]) async throws -> Void

    /// Records all offset losses that are not recorded yet. Cheap when there are none; concurrent calls are safe. An offset that is lost
    /// again meanwhile is recorded by the next call.
    func settle() async throws {
        let lost = consumer.positionLosses
        guard !lost.isEmpty else { return }
        var keys: Set<Watermark.Key> = []
        for id in Set(lost.map(\.id)) {
            let partitions = try topics.partitions(of: id.topic).get()
            for source in writers(id.topic) {
                for shard in Shard.shards(inPartition: id.partition, of: partitions) {
                    keys.insert(Watermark.Key(source: source, topic: id.topic, shard: shard))
                }
            }
        }
        try await note(Array(keys))
        consumer.resolve(lost)
    }

    /// Records losses on partitions that deliver no batches, for example after the whole log was lost.
    func run() async throws {
        while !Task.isCancelled {
            try? await settle()
            try await Task.sleep(for: .milliseconds(500))
        }
    }
}
