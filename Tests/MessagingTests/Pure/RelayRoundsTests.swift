import Kafka
import Postgres
import Testing

@testable import Messaging

@Suite("The rounds of a relay")
struct RelayRoundsTests {
    private static let own = ShardSet([0, 2, 4])
    private static let hour = Duration.seconds(3600)

    private static func row(_ shard: Int16, _ position: Int64) -> RelayRow {
        RelayRow(
            shard: shard, position: position, isAside: false, sequence: position, topic: "counter.events",
            parts: KafkaParts(key: Array("c".utf8), value: [], headers: []), besideStopped: nil)
    }

    @Test("a shard with rows on their way is not looked at, and has its turn when they have arrived, whoever rang")
    func busy() {
        let rung = RungShards()
        var rounds = RelayRounds(Self.own)
        let first = rounds.next(rung, Self.hour)
        #expect(first.shards == Self.own && first.isEverywhere)
        let rows = RelayRound(rows: [Self.row(2, 1)], behind: [Self.row(2, 2)])
        rounds.begin(rows)
        rung.add(ShardSet([0, 2]))
        let second = rounds.next(rung, Self.hour)
        #expect(second.shards.members == [0] && !second.isEverywhere)
        let other = RelayRound(rows: [Self.row(0, 3)])
        rounds.begin(other)
        #expect(rounds.underWay == 2)
        #expect(rounds.next(rung, Self.hour).shards.isEmpty)
        rounds.end(rows, RelayNotes(rows.rows))
        #expect(rounds.underWay == 1 && !rounds.notes.isEmpty)
        #expect(rounds.next(rung, Self.hour).shards.members == [2])
        #expect(rounds.next(rung, Self.hour).shards.isEmpty, "what was rung for is looked at once")
    }

    @Test("a look everywhere leaves out what is on its way, and comes back to it")
    func everywhere() {
        let rung = RungShards()
        var rounds = RelayRounds(Self.own)
        let rows = RelayRound(behind: [Self.row(4, 1)])
        rounds.begin(rows)
        let look = rounds.next(rung, Self.hour)
        #expect(look.shards.members == [0, 2] && look.isEverywhere)
        rounds.end(rows, RelayNotes())
        #expect(rounds.next(rung, Self.hour).shards.members == [4])
        #expect(rounds.notes.isEmpty)
    }
}
