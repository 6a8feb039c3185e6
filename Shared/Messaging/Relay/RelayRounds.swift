import Synchronization

/// The rounds of a relay's worker: where it looks next, what is on its way, and what was published and is not noted yet.
struct RelayRounds: Sendable {
    var look: RelayLook
    /// What the database has to be told.
    var notes = RelayNotes()
    /// How many rounds are on their way.
    private(set) var underWay = 0
    /// The shards they have rows of.
    private var busy = ShardSet.none
    private let own: ShardSet

    init(_ own: ShardSet) {
        self.own = own
        look = RelayLook(own)
    }

    /// Where to look now, and whether that is everywhere. A shard with rows on their way has its turn when they have arrived.
    mutating func next(_ rung: RungShards, _ everywhereEach: Duration) -> (shards: ShardSet, isEverywhere: Bool) {
        let wanted = look.next(rung.take(), everywhereEach: everywhereEach)
        rung.add(wanted.intersection(busy))
        return (wanted.subtracting(busy), wanted == own)
    }

    /// A round is on its way.
    mutating func begin(_ round: RelayRound) {
        underWay += 1
        busy = busy.union(round.shards)
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
