/// The pause before a process is restarted: doubled each time up to a maximum, and reset after a process that ran long enough.
struct BackOff: Sendable {
    private static let minimum = Duration.milliseconds(200)
    private static let maximum = Duration.seconds(15)
    /// A process that ran this long resets the pause.
    private static let resetAfter = Duration.seconds(60)

    private var next = Self.minimum

    /// The pause before the next start of a process that ran for `ran`.
    mutating func pause(afterRunning ran: Duration) -> Duration {
        if ran >= Self.resetAfter { next = Self.minimum }
        defer { next = min(next * 2, Self.maximum) }
        return next
    }
}
