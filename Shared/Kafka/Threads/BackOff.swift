/// Pauses between attempts to make a client anew: doubling, with a bound, and scattered so that many processes do not come at once.
struct BackOff {
    private var pause = Duration.milliseconds(100)
    private static let longest = Duration.seconds(10)

    mutating func next() -> Duration {
        defer { pause = min(pause * 2, Self.longest) }
        return pause * Double.random(in: 0.5...1)
    }
}
