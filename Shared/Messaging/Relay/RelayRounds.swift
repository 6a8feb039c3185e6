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
    /// Where what nobody waits for is gathered, and until when that is not looked for.
    private var gathered = ShardSet.none
    private var gatherUntil: ContinuousClock.Instant?
    private let own: ShardSet
    private let gathering: Duration

    /// - Parameter gathering: how long what is no answer is gathered
    init(_ own: ShardSet, gathering: Duration = .zero) {
        self.own = own
        self.gathering = gathering
        look = RelayLook(own)
    }

    /// Where to look now, and for what. A shard with rows on their way has its turn when they have arrived.
    ///
    /// While more waits than a round takes, each takes its part of the shards, in turn: one is read while others are on their way, where a
    /// round of all shards would have to arrive before anything else could be read.
    mutating func next(_ rung: RungShards, _ everywhereEach: Duration, now: ContinuousClock.Instant = .now) -> RelayGoal {
        var wanted = look.next(rung.take(), everywhereEach: everywhereEach, now: now)
        let isForAnswers = gathers(wanted, now)
        if !isForAnswers {
            wanted = wanted.union(gathered)
            gathered = .none
        }
        var shards = wanted.subtracting(busy)
        if isCrowded { shards = shards.some(max(1, own.count / Self.atMost), from: turn) }
        let left = isCrowded ? wanted.subtracting(shards) : wanted.intersection(busy)
        rung.add(left)
        if isCrowded, let last = shards.members.last { turn = last + 1 }
        return RelayGoal(shards: shards, isEverywhere: wanted == own && (!isCrowded || left.isEmpty), isForAnswers: isForAnswers)
    }

    /// How long nothing need be looked for that nobody rings for.
    func untilDue(_ everywhereEach: Duration, now: ContinuousClock.Instant = .now) -> Duration {
        let everywhere = look.untilEverywhere(each: everywhereEach, now: now)
        guard let gatherUntil, !gathered.isEmpty else { return everywhere }
        return min(everywhere, max(.zero, gatherUntil - now))
    }

    /// Whether only answers are looked for there, while the rest is gathered.
    private mutating func gathers(_ wanted: ShardSet, _ now: ContinuousClock.Instant) -> Bool {
        guard let gatherUntil, now < gatherUntil, wanted != own, !isCrowded else { return false }
        gathered = gathered.union(wanted)
        return true
    }

    /// A round is on its way. What nobody waits for and comes from now on is gathered for the next one that is not for answers.
    mutating func begin(_ round: RelayRound, isForAnswers: Bool = false, now: ContinuousClock.Instant = .now) {
        if !isForAnswers, gathering > .zero { gatherUntil = now + gathering }
        underWay += 1
        busy = busy.union(round.shards)
        isCrowded = round.mayHaveLeftSome
    }

    /// There was nothing where it looked.
    mutating func foundNothing() { isCrowded = false }

    /// A round has ended.
    mutating func end(_ round: RelayRound, _ notes: RelayNotes) {
        underWay -= 1
        busy = busy.subtracting(round.shards)
        self.notes.add(notes)
    }
}

/// Where a relay looks, and for what.
struct RelayGoal: Sendable, Hashable {
    var shards = ShardSet.none
    /// Whether those are all of its shards.
    var isEverywhere = false
    /// Whether what is no answer stays where it is.
    var isForAnswers = false
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
