import Foundation
import Kafka
import Messages
import Testing

@testable import Messaging
@testable import Postgres

@Suite("Relay progress")
struct RelayNotesTests {
    private static func row(_ sequence: Int64, shard: Int16 = 0, topic: String = "t", key: String = "k", isAside: Bool = false) -> RelayRow
    {
        RelayRow(
            shard: shard, position: Int64(shard) * 1000 + sequence, isAside: isAside, sequence: sequence, topic: topic,
            parts: KafkaRecordParts(key: Array(key.utf8), value: [], headers: []), besideStopped: nil)
    }

    private static func failure(isRetriable: Bool) -> Result<KafkaRecordMetadata, KafkaError> {
        .failure(KafkaError(code: 10, name: "MSG_SIZE_TOO_LARGE", reason: "too large", isRetriable: isRetriable))
    }

    /// The recorded progress of each topic's shard, and the cleared positions.
    private static func read(_ notes: RelayNotes) throws -> (through: [String: Int64], cleared: Set<Int64>) {
        var (through, cleared): ([String: Int64], Set<Int64>) = ([:], [])
        for step in notes.steps {
            if step.statement.name == RelayStatements.advance.name {
                let shards = try #require(step.parameters[0] as? [Int16])
                let topics = try #require(step.parameters[1] as? [String])
                let published = try #require(step.parameters[2] as? [Int64])
                for (index, topic) in topics.enumerated() { through["\(topic) \(shards[index])"] = published[index] }
            } else {
                cleared.formUnion(try #require(step.parameters[1] as? [Int64]))
            }
        }
        return (through, cleared)
    }

    @Test("progress is recorded exactly up to the first message to be retried, whichever messages failed")
    func halts() throws {
        var random = Seeded()
        for _ in 0..<400 {
            let turns = (0..<Int.random(in: 1...3, using: &random)).map { (topic: "t\($0 % 2)", shard: Int16($0)) }
            var (round, results) = (RelayRound(), [Result<KafkaRecordMetadata, KafkaError>]())
            for turn in turns {
                for sequence in 5...(5 + Int64.random(in: 0...8, using: &random)) {
                    let isAside = random.chance(20)
                    let row = Self.row(
                        sequence, shard: turn.shard, topic: turn.topic, key: "k\(Int.random(in: 0..<3, using: &random))", isAside: isAside)
                    if random.chance(10) {
                        round.behind.append(row)
                    } else {
                        round.rows.append(row)
                        results.append(
                            random.chance(15)
                                ? Self.failure(isRetriable: random.chance(50))
                                : .success(KafkaRecordMetadata(partition: 0, offset: sequence)))
                    }
                }
            }
            let verdict = RelayVerdict(round.rows, results)
            let (through, cleared) = try Self.read(round.notes(verdict))
            let aside = Set(verdict.lasting.map(\.position))
            for turn in turns {
                let all = (round.rows + round.behind).filter { $0.shard == turn.shard && !$0.isAside }
                let again = verdict.stopped.filter { $0.shard == turn.shard && !$0.isAside && !aside.contains($0.position) }
                let passed = Set(all.map(\.sequence)).subtracting(again.map(\.sequence))
                let expected = min(passed.max() ?? 0, (again.map(\.sequence).min() ?? .max) - 1)
                // A number below the first of the round is no progress, and may be recorded or not.
                let noted = through["\(turn.topic) \(turn.shard)"] ?? 0
                #expect(noted == expected || (noted < 5 && expected < 5), "seed \(random.seed)")
            }
            #expect(cleared == Set(verdict.published.filter(\.isAside).map(\.position)), "seed \(random.seed)")
        }
    }

    @Test("combined notes of consecutive rounds have the last progress and all cleared positions")
    func added() throws {
        var notes = RelayNotes([Self.row(7), Self.row(3, shard: 2), Self.row(1, shard: 4, isAside: true)])
        notes.add(RelayNotes([Self.row(9), Self.row(2, shard: 4, isAside: true), Self.row(4, shard: 2, topic: "u")]))
        var halted = RelayNotes()
        halted.halt(before: Self.row(10))
        notes.add(halted)
        let (through, cleared) = try Self.read(notes)
        #expect(through == ["t 0": 9, "t 2": 3, "u 2": 4])
        #expect(cleared == [4001, 4002])
    }

    @Test("without published messages there are no notes")
    func nothing() {
        var notes = RelayNotes()
        #expect(notes.isEmpty && notes.steps.isEmpty)
        notes.halt(before: Self.row(1))
        #expect(notes.isEmpty && notes.steps.isEmpty)
        notes.pass(Self.row(1, isAside: true))
        #expect(notes.isEmpty)
    }
}
