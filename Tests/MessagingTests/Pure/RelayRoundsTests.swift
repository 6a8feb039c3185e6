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

    @Test("while more waits than a round takes each takes its part of the shards in turn, and none is left out; then one takes all again")
    func crowded() {
        let rung = RungShards()
        let own = ShardSet((0..<Shard.count).filter { $0 % 2 == 0 })
        var rounds = RelayRounds(own)
        let full = RelayRound(rows: (1...RelayRound.rowsAShard).map { Self.row(0, $0) })
        #expect(full.mayHaveLeftSome)
        #expect(rounds.next(rung, Self.hour).isEverywhere)
        rounds.begin(full)
        rounds.end(full, RelayNotes())
        rung.add(own)
        var (taken, seen) = ([ShardSet](), ShardSet.none)
        while rounds.underWay < RelayRounds.atMost {
            let goal = rounds.next(rung, Self.hour)
            let shards = goal.shards
            #expect(
                !goal.isEverywhere && !goal.isForAnswers && shards.count == own.count / RelayRounds.atMost
                    && shards.intersection(seen).isEmpty)
            taken.append(shards)
            seen = seen.union(shards)
            let place = shards.members[0]
            rounds.begin(
                RelayRound(rows: shards.members.map { Self.row($0, 1) } + (1...RelayRound.rowsAShard).map { Self.row(place, $0) }))
        }
        #expect(seen == own)
        rung.add(own)
        #expect(rounds.next(rung, Self.hour).shards.isEmpty, "all are on their way")
        for shards in taken { rounds.end(RelayRound(rows: shards.members.map { Self.row($0, 1) }), RelayNotes()) }
        rounds.begin(RelayRound(rows: [Self.row(0, 1)]))
        rounds.end(RelayRound(rows: [Self.row(0, 1)]), RelayNotes())
        #expect(rounds.next(rung, Self.hour).shards == own, "what was left has its turn, and nothing is crowded any more")
        rounds.begin(full)
        rounds.end(full, RelayNotes())
        rung.add(own)
        #expect(rounds.next(rung, Self.hour).shards.count < own.count)
        rounds.foundNothing()
        rung.add(own)
        #expect(
            rounds.next(rung, Self.hour) == RelayGoal(shards: own, isEverywhere: true), "where nothing is left it is not crowded either")
    }

    @Test("a round may have left some where a share was full, where it ended at a large message, and where something aside went first")
    func leftSome() {
        let almost = (1..<RelayRound.rowsAShard).flatMap { [Self.row(0, $0), Self.row(2, $0)] }
        #expect(!RelayRound(rows: almost).mayHaveLeftSome)
        #expect(RelayRound(rows: almost + [Self.row(2, RelayRound.rowsAShard)]).mayHaveLeftSome)
        let parts = KafkaParts(key: Array("c".utf8), value: Array(repeating: 1, count: RelayStatements.largeBytes + 1), headers: [])
        for (isAside, parts) in [(true, Self.row(0, 1).parts), (false, parts)] {
            let row = RelayRow(
                shard: 4, position: 1, isAside: isAside, sequence: 1, topic: "counter.events", parts: parts, besideStopped: nil)
            #expect(RelayRound(rows: [Self.row(0, 1), row]).mayHaveLeftSome)
        }
    }

    @Test("after a round of everything only answers are looked for, until what was gathered meanwhile is due and goes out with the rest")
    func gathering() {
        let rung = RungShards()
        let start = ContinuousClock.now
        var rounds = RelayRounds(Self.own, gathering: .milliseconds(50))
        #expect(rounds.next(rung, Self.hour, now: start) == RelayGoal(shards: Self.own, isEverywhere: true))
        rung.add(ShardSet([0]))
        #expect(
            rounds.next(rung, Self.hour, now: start + .milliseconds(1)) == RelayGoal(shards: ShardSet([0])),
            "nothing went out lately, so all goes at once")
        let all = RelayRound(rows: [Self.row(0, 1)])
        rounds.begin(all, now: start + .milliseconds(2))
        rounds.end(all, RelayNotes())
        #expect(rounds.untilDue(Self.hour, now: start + .milliseconds(2)) > .seconds(60), "nothing is gathered yet")
        for (shard, millisecond) in [(2, 3), (4, 51)] as [(Int16, Int)] {
            rung.add(ShardSet([shard]))
            let goal = rounds.next(rung, Self.hour, now: start + .milliseconds(millisecond))
            #expect(goal == RelayGoal(shards: ShardSet([shard]), isForAnswers: true))
            let answers = RelayRound(rows: [Self.row(shard, 2)])
            rounds.begin(answers, isForAnswers: true, now: start + .milliseconds(millisecond))
            rounds.end(answers, RelayNotes())
        }
        #expect(rounds.untilDue(Self.hour, now: start + .milliseconds(51)) == .milliseconds(1))
        #expect(rounds.next(rung, Self.hour, now: start + .milliseconds(52)) == RelayGoal(shards: ShardSet([2, 4])))
        #expect(rounds.next(rung, Self.hour, now: start + .milliseconds(53)).shards.isEmpty, "once")
    }

    @Test("where nothing is to be gathered, and while more waits than a round takes, everything goes at once")
    func gatheringNothing() {
        let full = RelayRound(rows: (1...RelayRound.rowsAShard).map { Self.row(0, $0) })
        for (gathering, round) in [(Duration.zero, RelayRound(rows: [Self.row(0, 1)])), (.seconds(60), full)] {
            let rung = RungShards()
            var rounds = RelayRounds(Self.own, gathering: gathering)
            _ = rounds.next(rung, Self.hour)
            rounds.begin(round)
            rounds.end(round, RelayNotes())
            rung.add(ShardSet([2]))
            #expect(rounds.next(rung, Self.hour) == RelayGoal(shards: ShardSet([2])))
        }
    }
}
