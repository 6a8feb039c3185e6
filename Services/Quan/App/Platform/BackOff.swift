/// How long to wait before something that ended is started again: longer each time, within a bound, and little again after it ran well.
struct BackOff: Sendable {
    private static let least = Duration.milliseconds(200)
    private static let most = Duration.seconds(15)
    /// Who ran this long before it ended is not in a circle of failing.
    private static let good = Duration.seconds(60)

    private var next = Self.least

    /// The pause before the next start of something that ran for `ran`.
    mutating func pause(afterRunning ran: Duration) -> Duration {
        if ran >= Self.good { next = Self.least }
        defer { next = min(next * 2, Self.most) }
        return next
    }
}
