import Kafka
import Postgres
import Testing

@testable import Messaging

@Suite("Relay rounds")
struct RelayRoundsTests {
    private static let own = ShardSet([0, 2, 4])
    private static let hour = Duration.seconds(3600)

    private static func row(_ shard: Int16, _ position: Int64) -> RelayRow {
        RelayRow(
            shard: shard, position: position, isAside: false, sequence: position, topic: "counter.events",
            parts: KafkaRecordParts(key: Array("c".utf8), value: [], headers: []), besideStopped: nil)
    }

    @Test("a shard with records in flight is not read; after their acknowledgement it is read, if it was signalled")
    func busy() {
        let signalled = SignalledShards()
        var rounds = RelayRounds(Self.own)
        let first = rounds.next(signalled, Self.hour)
        #expect(first.shards == Self.own && first.isEverywhere)
        let rows = RelayRound(rows: [Self.row(2, 1)], behind: [Self.row(2, 2)])
        rounds.begin(rows)
        signalled.add(ShardSet([0, 2]))
        let second = rounds.next(signalled, Self.hour)
        #expect(second.shards.members == [0] && !second.isEverywhere)
        let other = RelayRound(rows: [Self.row(0, 3)])
        rounds.begin(other)
        #expect(rounds.underWay == 2)
        #expect(rounds.next(signalled, Self.hour).shards.isEmpty)
        rounds.end(rows, RelayNotes(rows.rows))
        #expect(rounds.underWay == 1 && !rounds.notes.isEmpty)
        #expect(rounds.next(signalled, Self.hour).shards.members == [2])
        #expect(rounds.next(signalled, Self.hour).shards.isEmpty, "a signalled shard is read once")
    }

    @Test("a read of all shards leaves out those with records in flight, and reads them later")
    func everywhere() {
        let signalled = SignalledShards()
        var rounds = RelayRounds(Self.own)
        let rows = RelayRound(behind: [Self.row(4, 1)])
        rounds.begin(rows)
        let look = rounds.next(signalled, Self.hour)
        #expect(look.shards.members == [0, 2] && look.isEverywhere)
        rounds.end(rows, RelayNotes())
        #expect(rounds.next(signalled, Self.hour).shards.members == [4])
        #expect(rounds.notes.isEmpty)
    }

    @Test("while the outbox has more than a round takes, rounds alternate over the shards without skipping any; then one takes all")
    func crowded() {
        let signalled = SignalledShards()
        let own = ShardSet((0..<Shard.count).filter { $0 % 2 == 0 })
        var rounds = RelayRounds(own)
        let full = RelayRound(rows: (1...RelayRound.rowsAShard).map { Self.row(0, $0) })
        #expect(full.mayHaveLeftSome)
        #expect(rounds.next(signalled, Self.hour).isEverywhere)
        rounds.begin(full)
        rounds.end(full, RelayNotes())
        signalled.add(own)
        var (taken, seen) = ([ShardSet](), ShardSet.none)
        while rounds.underWay < RelayRounds.atMost {
            let goal = rounds.next(signalled, Self.hour)
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
        signalled.add(own)
        #expect(rounds.next(signalled, Self.hour).shards.isEmpty, "all are on their way")
        for shards in taken { rounds.end(RelayRound(rows: shards.members.map { Self.row($0, 1) }), RelayNotes()) }
        rounds.begin(RelayRound(rows: [Self.row(0, 1)]))
        rounds.end(RelayRound(rows: [Self.row(0, 1)]), RelayNotes())
        #expect(rounds.next(signalled, Self.hour).shards == own, "the remaining shards are read, and a round takes all again")
        rounds.begin(full)
        rounds.end(full, RelayNotes())
        signalled.add(own)
        #expect(rounds.next(signalled, Self.hour).shards.count < own.count)
        rounds.foundNothing()
        signalled.add(own)
        #expect(
            rounds.next(signalled, Self.hour) == RelayGoal(shards: own, isEverywhere: true),
            "and stays so while no rows are left")
    }

    @Test("a round may leave rows if a shard's share was full, if it ended at a large message, or if rows of outbox_deferred went first")
    func leftSome() {
        let almost = (1..<RelayRound.rowsAShard).flatMap { [Self.row(0, $0), Self.row(2, $0)] }
        #expect(!RelayRound(rows: almost).mayHaveLeftSome)
        #expect(RelayRound(rows: almost + [Self.row(2, RelayRound.rowsAShard)]).mayHaveLeftSome)
        let parts = KafkaRecordParts(key: Array("c".utf8), value: Array(repeating: 1, count: RelayStatements.largeBytes + 1), headers: [])
        for (isAside, parts) in [(true, Self.row(0, 1).parts), (false, parts)] {
            let row = RelayRow(
                shard: 4, position: 1, isAside: isAside, sequence: 1, topic: "counter.events", parts: parts, besideStopped: nil)
            #expect(RelayRound(rows: [Self.row(0, 1), row]).mayHaveLeftSome)
        }
    }

    @Test("after a full round only answers are read until the linger time has passed; then everything is published")
    func gathering() {
        let signalled = SignalledShards()
        let start = ContinuousClock.now
        var rounds = RelayRounds(Self.own, gathering: .milliseconds(50))
        #expect(rounds.next(signalled, Self.hour, now: start) == RelayGoal(shards: Self.own, isEverywhere: true))
        signalled.add(ShardSet([0]))
        #expect(
            rounds.next(signalled, Self.hour, now: start + .milliseconds(1)) == RelayGoal(shards: ShardSet([0])),
            "nothing went out lately, so all goes at once")
        let all = RelayRound(rows: [Self.row(0, 1)])
        rounds.begin(all, now: start + .milliseconds(2))
        rounds.end(all, RelayNotes())
        #expect(rounds.untilDue(Self.hour, now: start + .milliseconds(2)) > .seconds(60), "nothing is gathered yet")
        for (shard, millisecond) in [(2, 3), (4, 51)] as [(Int16, Int)] {
            signalled.add(ShardSet([shard]))
            let goal = rounds.next(signalled, Self.hour, now: start + .milliseconds(millisecond))
            #expect(goal == RelayGoal(shards: ShardSet([shard]), isForAnswers: true))
            let answers = RelayRound(rows: [Self.row(shard, 2)])
            rounds.begin(answers, isForAnswers: true, now: start + .milliseconds(millisecond))
            rounds.end(answers, RelayNotes())
        }
        #expect(rounds.untilDue(Self.hour, now: start + .milliseconds(51)) == .milliseconds(1))
        #expect(rounds.next(signalled, Self.hour, now: start + .milliseconds(52)) == RelayGoal(shards: ShardSet([2, 4])))
        #expect(rounds.next(signalled, Self.hour, now: start + .milliseconds(53)).shards.isEmpty, "once")
    }

    @Test("without linger, and while the outbox has more than a round takes, everything is published at once")
    func gatheringNothing() {
        let full = RelayRound(rows: (1...RelayRound.rowsAShard).map { Self.row(0, $0) })
        for (gathering, round) in [(Duration.zero, RelayRound(rows: [Self.row(0, 1)])), (.seconds(60), full)] {
            let signalled = SignalledShards()
            var rounds = RelayRounds(Self.own, gathering: gathering)
            _ = rounds.next(signalled, Self.hour)
            rounds.begin(round)
            rounds.end(round, RelayNotes())
            signalled.add(ShardSet([2]))
            #expect(rounds.next(signalled, Self.hour) == RelayGoal(shards: ShardSet([2])))
        }
    }
}
