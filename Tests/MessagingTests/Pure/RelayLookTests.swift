import Testing

@testable import Messaging

@Suite("Where a relay looks")
struct RelayLookTests {
    private static let own = ShardSet([0, 2, 31])

    @Test("shards are a set: members in order, union, intersection and difference")
    func sets() {
        #expect(Self.own.members == [0, 2, 31])
        #expect(ShardSet.all.members == Array(0..<Shard.count) && ShardSet.none.members == [] && ShardSet.none.isEmpty)
        #expect(Self.own.union(ShardSet([1])).members == [0, 1, 2, 31])
        #expect(Self.own.intersection(ShardSet([2, 3])).members == [2])
        #expect(Self.own.subtracting(ShardSet([2, 3])).members == [0, 31])
    }

    @Test("what is rung for is taken once, and nothing that is rung for meanwhile is lost")
    func rung() {
        let rung = RungShards()
        rung.add(ShardSet([1]))
        rung.add(ShardSet([4]))
        #expect(rung.take().members == [1, 4])
        #expect(rung.take().isEmpty)
        rung.add(ShardSet([4]))
        #expect(rung.take().members == [4])
    }

    @Test("first it looks everywhere, then where it is rung for, and everywhere again when the pause is over, however often it is rung for")
    func everywhere() {
        var look = RelayLook(Self.own)
        let start = ContinuousClock.now
        #expect(look.next(.none, everywhereEach: .milliseconds(250), now: start) == Self.own)
        for milliseconds in [1, 100, 249] {
            let rung = ShardSet([2])
            #expect(look.next(rung, everywhereEach: .milliseconds(250), now: start + .milliseconds(milliseconds)) == rung)
        }
        #expect(look.untilEverywhere(each: .milliseconds(250), now: start + .milliseconds(240)) == .milliseconds(10))
        #expect(look.next(ShardSet([2]), everywhereEach: .milliseconds(250), now: start + .milliseconds(250)) == Self.own)
        #expect(look.next(ShardSet([2]), everywhereEach: .milliseconds(250), now: start + .milliseconds(251)) == ShardSet([2]))
    }

    @Test("after a failure, or a round that was full, it looks everywhere at once")
    func afterwards() {
        var look = RelayLook(Self.own)
        _ = look.next(.none, everywhereEach: .seconds(1))
        #expect(!look.isDue)
        look.everywhereNext()
        #expect(look.isDue && look.untilEverywhere(each: .seconds(1)) == .zero)
        #expect(look.next(.none, everywhereEach: .seconds(1)) == Self.own)
    }
}
