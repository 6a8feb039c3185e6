import Kernel

extension Backoff {
    /// A process that ran this long has started well.
    private static let resetAfter = Duration.seconds(60)

    /// The pauses before the starts of a process.
    static func ofRestarts() -> Backoff { Backoff(first: .milliseconds(200), longest: .seconds(15), jitter: 0) }

    /// The pause before the next start of a process that ran for `ran`.
    mutating func next(afterRunning ran: Duration) -> Duration {
        if ran >= Self.resetAfter { reset() }
        return next()
    }
}
