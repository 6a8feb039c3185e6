/// The pauses between attempts to replace a client: exponential back-off with an upper bound and jitter.
struct BackOff {
    private var pause = Duration.milliseconds(100)
    private static let longest = Duration.seconds(10)

    mutating func next() -> Duration {
        defer { pause = min(pause * 2, Self.longest) }
        return pause * Double.random(in: 0.5...1)
    }
}
