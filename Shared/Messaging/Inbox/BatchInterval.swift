/// The minimum time between the starts of two batches of a worker.
///
/// It counts from the start: messages that arrived during a long batch have already waited and do not wait again.
struct BatchInterval: Sendable {
    private let interval: Duration
    private var next: ContinuousClock.Instant?

    init(_ interval: Duration) { self.interval = interval }

    /// Records the start of a batch.
    mutating func begin(now: ContinuousClock.Instant = .now) { next = now + interval }

    /// How long to wait before the next batch may start; zero if it may start now.
    func remaining(now: ContinuousClock.Instant = .now) -> Duration { next.map { max(.zero, $0 - now) } ?? .zero }
}
