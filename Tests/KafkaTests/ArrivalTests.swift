import Synchronization
import Testing

@testable import Kafka

@Suite("Who is shown records as they come") struct ArrivalTests {
    /// What was shown, in its order.
    private final class Shown: Sendable {
        private let texts = Mutex<[String]>([])

        func add(_ records: [KafkaRecord]) { texts.withLock { $0 += records.compactMap(\.text) } }

        var all: [String] { texts.withLock { $0 } }
    }

    private static let options = KafkaConsumerOptions(mode: .alone("g"), topics: ["t"], commitInterval: .milliseconds(100))

    @Test("records are shown once and in their order, before anybody can take them")
    func before() async throws {
        try await Bench.run { bench in
            let shown = Shown()
            let consumer = try await bench.consumer(Self.options) { shown.add($0) }
            let texts = (0..<50).map(String.init)
            try await bench.send(texts)
            try await eventually("all are shown") { shown.all == texts }
            try await bench.send(["last"])
            let taken = try await consumer.take(51).compactMap(\.text)
            #expect(taken == texts + ["last"] && shown.all == taken, "what could be taken had been shown, and once")
        }
    }

    @Test("a record that was shown and not done is shown again to the one that follows, for it comes again")
    func again() async throws {
        try await Bench.run { bench in
            try await bench.send(["0", "1", "2"])
            let (first, second) = (Shown(), Shown())
            let one = try await bench.consumer(Self.options) { first.add($0) }
            try await eventually("the first is shown all") { first.all == ["0", "1", "2"] }
            _ = try await one.take(1)
            await one.close(deadline: .seconds(5))
            let two = try await bench.consumer(Self.options) { second.add($0) }
            #expect(try await two.take(2).map(\.text) == ["1", "2"])
            #expect(second.all == ["1", "2"])
        }
    }
}
