/// How often a lane begins a batch: no sooner than so long after it began the one before.
///
/// It counts from the beginning: what came while a long batch was worked on has waited already, and is not made to wait once more.
struct Pace: Sendable {
    private let apart: Duration
    private var next: ContinuousClock.Instant?

    /// - Parameter apart: how long at least from one batch's beginning to the next one's
    init(_ apart: Duration) { self.apart = apart }

    /// A batch begins.
    mutating func begin(now: ContinuousClock.Instant = .now) { next = now + apart }

    /// How long to rest before the next batch; zero where it may begin.
    func rest(now: ContinuousClock.Instant = .now) -> Duration { next.map { max(.zero, $0 - now) } ?? .zero }
}
