extension Duration {
    /// Whole milliseconds, rounded down and clamped to librdkafka's range (a signed 32-bit number).
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        guard seconds < 2_000_000 else { return 2_000_000_000 }
        guard seconds > -2_000_000 else { return -2_000_000_000 }
        return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }

    /// Seconds with their fraction, for metrics and messages.
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

extension ContinuousClock.Instant {
    /// Milliseconds from now until this instant, never negative, for librdkafka's timeouts.
    var remainingMilliseconds: Int32 {
        Int32(max(0, (self - ContinuousClock.now).milliseconds))
    }
}
