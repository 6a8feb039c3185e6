import Synchronization

/// The rounds of a relay's worker: where it looks next, what is on its way, and what was published and is not noted yet.
struct RelayRounds: Sendable {
    /// How many rounds are on their way at once. More would be smaller ones.
    static let atMost = 4

    var look: RelayLook
    /// What the database has to be told.
    var notes = RelayNotes()
    /// How many rounds are on their way.
    private(set) var underWay = 0
    /// The shards they have rows of.
    private var busy = ShardSet.none
    /// Whether the round begun last left some behind.
    private var isCrowded = false
    /// Where a round of some shards only has its turn next.
    private var turn: Int16 = 0
    private let own: ShardSet

    init(_ own: ShardSet) {
        self.own = own
        look = RelayLook(own)
    }

    /// Where to look now, and whether that is everywhere. A shard with rows on their way has its turn when they have arrived.
    ///
    /// While more waits than a round takes, each takes its part of the shards, in turn: one is read while others are on their way, where a
    /// round of all shards would have to arrive before anything else could be read.
    mutating func next(_ rung: RungShards, _ everywhereEach: Duration) -> (shards: ShardSet, isEverywhere: Bool) {
        let wanted = look.next(rung.take(), everywhereEach: everywhereEach)
        var shards = wanted.subtracting(busy)
        if isCrowded { shards = shards.some(max(1, own.count / Self.atMost), from: turn) }
        let left = isCrowded ? wanted.subtracting(shards) : wanted.intersection(busy)
        rung.add(left)
        if isCrowded, let last = shards.members.last { turn = last + 1 }
        return (shards, wanted == own && (!isCrowded || left.isEmpty))
    }

    /// A round is on its way.
    mutating func begin(_ round: RelayRound) {
        underWay += 1
        busy = busy.union(round.shards)
        isCrowded = round.mayHaveLeftSome
    }

    /// A round has ended.
    mutating func end(_ round: RelayRound, _ notes: RelayNotes) {
        underWay -= 1
        busy = busy.subtracting(round.shards)
        self.notes.add(notes)
    }
}

/// How a round ended.
struct RelayLanding: Sendable {
    let round: RelayRound
    let result: Result<RelayVerdict, any Error>
}

/// Where rounds say that they have ended.
final class RelayLandings: Sendable {
    private let landed = Mutex<[RelayLanding]>([])

    init() {}

    func add(_ landing: RelayLanding) { landed.withLock { $0.append(landing) } }

    /// All of them, once.
    func take() -> [RelayLanding] {
        landed.withLock { landed in
            defer { landed = [] }
            return landed
        }
    }
}
