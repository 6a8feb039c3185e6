import Synchronization
import Testing

@testable import Kafka
@testable import Recovery

@Suite("Recording of lost offsets")
struct OffsetLossRecorderTests {
    @Test("an offset that is lost again while its first loss is recorded is recorded again")
    func lostAgainMeanwhile() async throws {
        try await RecoveryDatabase.with { database in
            let consumer = try KafkaConsumer(
                KafkaConfiguration(bootstrapServers: "127.0.0.1:1", clientID: "test"),
                options: KafkaConsumerOptions(mode: .group("asker"), topics: ["counter.events"]), logger: RecoveryDatabase.logger)
            let id = TopicPartition(topic: "counter.events", partition: 1)
            let loss = KafkaConsumerEvent.positionLost(topic: id.topic, partition: id.partition, reason: .noCommittedOffset)
            let isFirst = Atomic(true)
            let recorder = OffsetLossRecorder(
                consumer: consumer, partitions: { _ in 4 },
                writers: { _ in
                    if isFirst.exchange(false, ordering: .relaxed) { consumer.shared.report(loss) }
                    return ["counter"]
                },
                catchUp: .test(database))
            consumer.shared.report(loss)
            for losses in [[id], []] {
                try await recorder.settle()
                #expect(consumer.positionLosses.map(\.id) == losses)
                #expect(try await database.behind() == 8)
                #expect(try await database.number("select count(*) from inbox_watermark where shard % 4 = 1") == 8)
                try await database.script("update inbox_watermark set behind_since = null, target = null")
            }
            try await recorder.settle()
            #expect(try await database.behind() == 0, "there is nothing left to record")
            await consumer.close(deadline: .seconds(3))
        }
    }
}
