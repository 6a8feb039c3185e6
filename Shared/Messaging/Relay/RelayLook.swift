/// Where a relay looks for rows that wait: where it was signalled for, and everywhere now and then, for what nobody rang for: what others
/// wrote, what waited out its time, and what a round had no room for.
struct RelayLook: Sendable {
    private let own: ShardSet
    private var everywhereAt: ContinuousClock.Instant?

    /// First everywhere.
    init(_ own: ShardSet) { self.own = own }

    /// Where to look now.
    mutating func next(_ signalled: ShardSet, everywhereEach pause: Duration, now: ContinuousClock.Instant = .now) -> ShardSet {
        if let at = everywhereAt, now - at < pause { return signalled }
        everywhereAt = now
        return own
    }

    /// The next look is everywhere.
    mutating func everywhereNext() { everywhereAt = nil }

    /// Whether the next look is everywhere whatever the time.
    var isDue: Bool { everywhereAt == nil }

    /// How long nothing need be looked for unless somebody rings.
    func untilEverywhere(each pause: Duration, now: ContinuousClock.Instant = .now) -> Duration {
        guard let everywhereAt else { return .zero }
        return max(.zero, everywhereAt + pause - now)
    }
}
