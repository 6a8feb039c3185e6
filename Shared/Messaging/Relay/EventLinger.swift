/// When a relay claims events. The first event after a pause goes out at once; those that follow within the linger go out together.
struct EventLinger: Sendable {
    private let linger: Duration
    private var next: ContinuousClock.Instant
    /// Whether the last claim left events in the outbox, if there were any.
    private(set) var isHoldingBack = false

    init(_ linger: Duration, now: ContinuousClock.Instant = .now) { (self.linger, next) = (linger, now) }

    /// Whether a claim takes events now.
    mutating func claimsEvents(now: ContinuousClock.Instant = .now) -> Bool {
        isHoldingBack = now < next
        return !isHoldingBack
    }

    /// Records that events are claimed and published.
    mutating func begin(now: ContinuousClock.Instant = .now) { next = now + linger }

    /// How long an idle relay may wait, at most `limit`.
    func wait(atMost limit: Duration, now: ContinuousClock.Instant = .now) -> Duration {
        isHoldingBack ? min(limit, max(.zero, next - now)) : limit
    }
}
