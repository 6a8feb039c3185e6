/// The pauses between attempts: each is twice as long as the one before, up to a longest one, and is shortened at random so that many
/// clients do not try again at once.
public struct Backoff: Sendable {
    /// The number of failed attempts since the last success.
    public private(set) var failures = 0
    private let first: Duration
    private let longest: Duration
    private let jitter: Double

    /// - Parameter jitter: the greatest part, from 0 to 1, by which a pause is shortened.
    public init(first: Duration = .milliseconds(50), longest: Duration = .seconds(5), jitter: Double = 0.5) {
        (self.first, self.longest, self.jitter) = (first, longest, jitter)
    }

    /// Counts a failed attempt. Returns how long to wait before the next.
    public mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
        let factor = 1 << min(failures, 20)
        failures += 1
        return min(longest, first * factor) * Double.random(in: (1 - jitter)...1, using: &random)
    }

    /// Counts a failed attempt. Returns how long to wait before the next, by the system's randomness.
    public mutating func next() -> Duration {
        var random = SystemRandomNumberGenerator()
        return next(using: &random)
    }

    /// Counts a failed attempt and waits before the next. Throws `CancellationError` when the task is cancelled meanwhile.
    public mutating func pause() async throws { try await Task.sleep(for: next()) }

    /// Records a success: the next pause is the first one again.
    public mutating func reset() { failures = 0 }
}
