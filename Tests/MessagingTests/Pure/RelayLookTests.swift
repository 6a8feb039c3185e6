import Testing

@testable import Messaging

@Suite("Relay polling")
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

    @Test("a signalled shard is returned once, and no concurrent signal is lost")
    func signalled() {
        let signalled = SignalledShards()
        signalled.add(ShardSet([1]))
        signalled.add(ShardSet([4]))
        #expect(signalled.take().members == [1, 4])
        #expect(signalled.take().isEmpty)
        signalled.add(ShardSet([4]))
        #expect(signalled.take().members == [4])
    }

    @Test("first all shards are read, then the signalled ones, and all again after the pause, however many signals there are")
    func everywhere() {
        var look = RelayLook(Self.own)
        let start = ContinuousClock.now
        #expect(look.next(.none, everywhereEach: .milliseconds(250), now: start) == Self.own)
        for milliseconds in [1, 100, 249] {
            let signalled = ShardSet([2])
            #expect(look.next(signalled, everywhereEach: .milliseconds(250), now: start + .milliseconds(milliseconds)) == signalled)
        }
        #expect(look.untilEverywhere(each: .milliseconds(250), now: start + .milliseconds(240)) == .milliseconds(10))
        #expect(look.next(ShardSet([2]), everywhereEach: .milliseconds(250), now: start + .milliseconds(250)) == Self.own)
        #expect(look.next(ShardSet([2]), everywhereEach: .milliseconds(250), now: start + .milliseconds(251)) == ShardSet([2]))
    }

    @Test("after a failure or a full round all shards are read at once")
    func afterwards() {
        var look = RelayLook(Self.own)
        _ = look.next(.none, everywhereEach: .seconds(1))
        #expect(!look.isDue)
        look.everywhereNext()
        #expect(look.isDue && look.untilEverywhere(each: .seconds(1)) == .zero)
        #expect(look.next(.none, everywhereEach: .seconds(1)) == Self.own)
    }
}
