import Foundation
import Kafka
import Messages
import Postgres
import Testing

@testable import Messaging

@Suite("Publishing results")
struct RelayVerdictTests {
    private static func row(_ position: Int64, key: String, topic: String = "t") -> RelayRow {
        RelayRow(
            shard: 0, position: position, isAside: false, sequence: position, topic: topic,
            parts: KafkaRecordParts(key: Array(key.utf8), value: [], headers: []), besideStopped: nil)
    }

    private static func failure(isRetriable: Bool) -> Result<KafkaRecordMetadata, KafkaError> {
        .failure(KafkaError(code: 10, name: "MSG_SIZE_TOO_LARGE", reason: "too large", isRetriable: isRetriable))
    }

    @Test("a key stops at its first failed record, whatever the result of later ones; other keys and topics continue")
    func stops() {
        var random = Seeded()
        for _ in 0..<300 {
            let rows = (1...Int64.random(in: 1...30, using: &random)).map {
                Self.row($0, key: "k\(Int.random(in: 0..<4, using: &random))", topic: "t\(Int.random(in: 0..<2, using: &random))")
            }
            let results = rows.map { row -> Result<KafkaRecordMetadata, KafkaError> in
                random.chance(15)
                    ? Self.failure(isRetriable: random.chance(50)) : .success(KafkaRecordMetadata(partition: 0, offset: row.position))
            }
            let verdict = RelayVerdict(rows, results)
            #expect((verdict.published + verdict.stopped).map(\.position).sorted() == rows.map(\.position), "seed \(random.seed)")
            for (key, group) in Dictionary(grouping: zip(rows, results), by: { RelayKey($0.0) }) {
                let firstFailure = group.firstIndex { if case .failure = $0.1 { true } else { false } } ?? group.endIndex
                let published = verdict.published.filter { RelayKey($0) == key }.map(\.position)
                #expect(published == group[..<firstFailure].map(\.0.position), "seed \(random.seed)")
            }
            let errors = results.compactMap { if case .failure(let error) = $0 { error } else { nil } }
            #expect(verdict.firstError == errors.first)
            #expect(Set(verdict.lasting.map(\.position)).isSubset(of: Set(verdict.stopped.map(\.position))), "seed \(random.seed)")
            #expect(errors.contains { !$0.isRetriable } || verdict.lasting.isEmpty, "seed \(random.seed)")
            #expect(verdict.hasPassingFailure == (verdict.lasting.count < verdict.stopped.count))
        }
    }

    @Test("only keys with a permanent failure are blocked; a missing topic counts as permanent")
    func lasting() {
        let unknown = KafkaError(code: 3, name: "UNKNOWN_TOPIC_OR_PART", reason: "no such topic", isRetriable: true)
        let rows = [Self.row(1, key: "a"), Self.row(2, key: "b"), Self.row(3, key: "a"), Self.row(4, key: "c"), Self.row(5, key: "d")]
        let verdict = RelayVerdict(
            rows,
            [
                Self.failure(isRetriable: false), Self.failure(isRetriable: true), .success(KafkaRecordMetadata(partition: 0, offset: 1)),
                .failure(unknown), .success(KafkaRecordMetadata(partition: 0, offset: 2)),
            ])
        #expect(verdict.lasting.map(\.position) == [1, 3, 4])
        #expect(verdict.stopped.map(\.position) == [1, 2, 3, 4] && verdict.hasPassingFailure)
        #expect(verdict.published.map(\.position) == [5])
    }

    @Test("a row without a result does not count as published")
    func missingResult() {
        let verdict = RelayVerdict(
            [Self.row(1, key: "a"), Self.row(2, key: "b")], [.success(KafkaRecordMetadata(partition: 0, offset: 0))])
        #expect(verdict.published.map(\.position) == [1])
    }
}
