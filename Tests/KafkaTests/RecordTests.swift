import Foundation
import Kafka
import Testing

@Suite("Records are read as they were sent") struct RecordTests {
    @Test("null and empty keys, payloads and header values stay distinct; repeated headers keep their order; a key may have 10 kB")
    func fidelity() async throws {
        try await KafkaFixture.run { fixture in
            let producer = try await fixture.producer()
            let sent = [
                KafkaProducerRecord(topic: "t", partition: 0, key: nil, value: nil),
                KafkaProducerRecord(topic: "t", partition: 0, key: [], value: []),
                KafkaProducerRecord(
                    topic: "t", partition: 0, key: [0, 255], value: [1],
                    headers: [
                        KafkaHeader("ce_id", "1"), KafkaHeader(name: "none", value: nil), KafkaHeader(name: "empty", value: []),
                        KafkaHeader("ce_id", "2"), KafkaHeader("a name longer than fifteen bytes, 券", "券"),
                    ]),
                KafkaProducerRecord(topic: "t", partition: 0, key: [UInt8](repeating: 7, count: 10_000), value: [2]),
            ]
            let before = Date()
            for result in await producer.send(sent) { _ = try result.get() }
            let after = Date()
            let consumer = try await fixture.consumer(.group())
            let records = try await consumer.take(sent.count)
            #expect(records.map(\.key) == sent.map(\.key))
            #expect(records.map(\.value) == sent.map(\.value))
            #expect(records.map(\.headers) == sent.map(\.headers))
            #expect(records.map(\.offset) == [0, 1, 2, 3])
            for record in records {
                let timestamp = try #require(record.timestamp)
                // Kafka's timestamps are whole milliseconds.
                #expect(timestamp > before.addingTimeInterval(-0.001) && timestamp <= after)
            }
        }
    }

    @Test("a record over 1 MiB is read, so that the layer above can refuse it, and so is the record after it")
    func oversized() async throws {
        try await KafkaFixture.run { fixture in
            let producer = try await fixture.producer(KafkaProducerOptions(compression: .none, maximumRecordBytes: 4 << 20))
            let large = [UInt8](repeating: 1, count: (1 << 20) + 5000)
            let sent = [large, [2]].map { KafkaProducerRecord(topic: "t", partition: 0, key: nil, value: $0) }
            for result in await producer.send(sent) { _ = try result.get() }
            let consumer = try await fixture.consumer(.group())
            let records = try await consumer.take(2)
            #expect(records.map { $0.value?.count } == [large.count, 1])
        }
    }
}
