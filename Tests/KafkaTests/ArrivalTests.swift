import Synchronization
import Testing

@testable import Kafka

@Suite("The arrival callback") struct ArrivalTests {
    /// The texts of the records passed to the callback, in order.
    private final class ArrivedRecords: Sendable {
        private let texts = Mutex<[String]>([])

        func add(_ records: [KafkaRecord]) { texts.withLock { $0 += records.compactMap(\.text) } }

        var all: [String] { texts.withLock { $0 } }
    }

    private static let options = KafkaConsumerOptions(mode: .assigned("g"), topics: ["t"], commitInterval: .milliseconds(100))

    @Test("the callback gets each record once and in order, before a worker can take it")
    func before() async throws {
        try await KafkaFixture.run { fixture in
            let arrived = ArrivedRecords()
            let consumer = try await fixture.consumer(Self.options) { arrived.add($0) }
            let texts = (0..<50).map(String.init)
            try await fixture.send(texts)
            try await eventually("the callback has all records") { arrived.all == texts }
            try await fixture.send(["last"])
            let taken = try await consumer.take(51).compactMap(\.text)
            #expect(taken == texts + ["last"] && arrived.all == taken, "the callback gets each record once, before it is delivered")
        }
    }

    @Test("the next consumer's callback gets the records again that were not completed")
    func again() async throws {
        try await KafkaFixture.run { fixture in
            try await fixture.send(["0", "1", "2"])
            let (first, second) = (ArrivedRecords(), ArrivedRecords())
            let one = try await fixture.consumer(Self.options) { first.add($0) }
            try await eventually("the first callback has all records") { first.all == ["0", "1", "2"] }
            _ = try await one.take(1)
            await one.close(deadline: .seconds(5))
            let two = try await fixture.consumer(Self.options) { second.add($0) }
            #expect(try await two.take(2).map(\.text) == ["1", "2"])
            #expect(second.all == ["1", "2"])
        }
    }
}
