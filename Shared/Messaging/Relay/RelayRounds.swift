import Synchronization

/// The rounds of a relay's worker: where it looks next, what is on its way, and what was published and is not noted yet.
struct RelayRounds: Sendable {
    /// How many rounds are on their way at once. More would be smaller ones.
    static let atMost = 4

    var look: RelayLook
    /// What the database has to be told.
    private(set) var notes = RelayNotes()
    /// Since when it has to be told.
    private var notesSince: ContinuousClock.Instant?
    /// What was handed over.
    private var handed = RelayHanded()
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
    mutating func next(_ signalled: SignalledShards, _ everywhereEach: Duration, now: ContinuousClock.Instant = .now) -> RelayGoal {
        var wanted = look.next(signalled.take(), everywhereEach: everywhereEach, now: now)
        let isForAnswers = gathers(wanted, now)
        if !isForAnswers {
            wanted = wanted.union(gathered)
            gathered = .none
        }
        var shards = wanted.subtracting(busy)
        if isCrowded { shards = shards.some(max(1, own.count / Self.atMost), from: turn) }
        let left = isCrowded ? wanted.subtracting(shards) : wanted.intersection(busy)
        signalled.add(left)
        if isCrowded, let last = shards.members.last { turn = last + 1 }
        return RelayGoal(shards: shards, isEverywhere: wanted == own && (!isCrowded || left.isEmpty), isForAnswers: isForAnswers)
    }

    /// What was handed over and goes out now. Where somebody rang or a look everywhere is due, the database comes first: something there
    /// may have to go out before.
    mutating func nextHanded(
        _ inbox: RelayInbox, _ signalled: SignalledShards, held: ShardSet, _ everywhereEach: Duration, now: ContinuousClock.Instant = .now
    ) -> [WrittenMessage] {
        signalled.add(handed.add(inbox.take()))
        guard !isFull, !handed.isEmpty, look.untilEverywhere(each: everywhereEach, now: now) > .zero else { return [] }
        let (messages, toClaim) = handed.next(
            held: held.intersection(own), busy: busy.union(signalled.waiting), isForAnswers: isGathering(now))
        signalled.add(toClaim)
        return messages
    }

    /// Whether no more may be on its way.
    var isFull: Bool { underWay >= Self.atMost }

    private func isGathering(_ now: ContinuousClock.Instant) -> Bool { gatherUntil.map { now < $0 } ?? false }

    /// How long nothing need be looked for that nobody rings for.
    func untilDue(_ everywhereEach: Duration, now: ContinuousClock.Instant = .now) -> Duration {
        let everywhere = look.untilEverywhere(each: everywhereEach, now: now)
        // What waits in a shard with rows on their way has its turn when these arrive, which rings.
        guard let gatherUntil, !gathered.isEmpty || handed.waits(outside: busy) else { return everywhere }
        return min(everywhere, max(.zero, gatherUntil - now))
    }

    /// Whether only answers are looked for there, while the rest is gathered.
    private mutating func gathers(_ wanted: ShardSet, _ now: ContinuousClock.Instant) -> Bool {
        guard isGathering(now), wanted != own, !isCrowded else { return false }
        gathered = gathered.union(wanted)
        return true
    }

    /// A round is on its way. What nobody waits for and comes from now on is gathered for the next one that is not for answers.
    mutating func begin(_ round: RelayRound, isForAnswers: Bool = false, now: ContinuousClock.Instant = .now) {
        handed.begin(round)
        isCrowded = round.mayHaveLeftSome
        start(round, isForAnswers: isForAnswers, now)
    }

    /// The same of a round of what was handed over.
    mutating func beginHanded(_ round: RelayRound, now: ContinuousClock.Instant = .now) {
        start(round, isForAnswers: isGathering(now), now)
    }

    private mutating func start(_ round: RelayRound, isForAnswers: Bool, _ now: ContinuousClock.Instant) {
        if !isForAnswers, gathering > .zero { gatherUntil = now + gathering }
        underWay += 1
        busy = busy.union(round.shards)
    }

    /// There was nothing where it looked.
    mutating func foundNothing() { isCrowded = false }

    /// A round has ended. Where it did not publish everything, what follows there is claimed.
    mutating func end(_ round: RelayRound, _ notes: RelayNotes, failed: Bool = false, now: ContinuousClock.Instant = .now) {
        underWay -= 1
        busy = busy.subtracting(round.shards)
        if failed { handed.forget(round.shards) }
        self.notes.add(notes)
        if notesSince == nil, !self.notes.isEmpty { notesSince = now }
    }

    /// What the database has to be told, once.
    mutating func takeNotes() -> RelayNotes {
        defer { (notes, notesSince) = (RelayNotes(), nil) }
        return notes
    }

    /// How long the notes may still wait for a claim to go along with.
    func untilNotesAreDue(_ patience: Duration, now: ContinuousClock.Instant = .now) -> Duration {
        notesSince.map { max(.zero, $0 + patience - now) } ?? .seconds(3600)
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
