import Kafka
import Messages

/// Carries lost places from Kafka's consumer to the database before any offset beyond them is stored: a loss that is
/// forgotten when the process dies would never be asked about.
struct LossKeeper: Sendable {
    let consumer: KafkaConsumer
    let topics: KnownTopics
    let writers: @Sendable (_ topic: String) -> [String]
    /// Writes down of which shards something may be missing.
    let note: @Sendable ([Watermark.Key]) async throws -> Void

    /// Writes down what was lost and not yet written down. Cheap when nothing was; two callers may write the same. A place that is
    /// lost once more meanwhile is written down the next time.
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
        consumer.settle(lost)
    }

    /// Looks for losses of partitions that no batch comes from, as after the whole log was lost.
    func run() async throws {
        while !Task.isCancelled {
            try? await settle()
            try await Task.sleep(for: .milliseconds(500))
        }
    }
}
