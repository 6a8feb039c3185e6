import Logging
import Synchronization
import Testing

@testable import Kafka
@testable import Messaging

@Suite("Recording of lost offsets")
struct OffsetLossRecorderTests {
    @Test("an offset that is lost again while its first loss is recorded is recorded again")
    func lostAgainMeanwhile() async throws {
        let broker = try EmbeddedBroker(topics: [("counter.events", 4)])
        let kafka = KafkaConfiguration(bootstrapServers: broker.bootstrapServers, clientID: "test")
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let producer = try KafkaProducer(kafka, logger: logger)
        let consumer = try KafkaConsumer(
            kafka, options: KafkaConsumerOptions(mode: .group("asker"), topics: ["counter.events"]), logger: logger)
        let id = TopicPartition(topic: "counter.events", partition: 1)
        let written = Mutex<[[Watermark.Key]]>([])
        let keeper = OffsetLossRecorder(consumer: consumer, topics: try await .shown(to: producer), writers: { _ in ["counter"] }) { keys in
            let isFirst = written.withLock { written in
                written.append(keys)
                return written.count == 1
            }
            if isFirst { consumer.losePositionForTests(id) }
        }
        consumer.losePositionForTests(id)
        try await keeper.settle()
        #expect(consumer.positionLosses.map(\.id) == [id])
        try await keeper.settle()
        #expect(consumer.positionLosses.isEmpty)
        try await keeper.settle()
        let all = written.withLock { $0 }
        #expect(all.count == 2)
        #expect(all.allSatisfy { $0.count == 8 && $0.allSatisfy { $0.shard % 4 == 1 } })
        await producer.close(deadline: .seconds(3))
        await broker.close()
    }
}
