internal import Glibc

/// The deadline of a wait, on the monotonic clock. A plain integer, because every wait of this module has one.
struct PostgresDeadline: Comparable, Sendable {
    let nanoseconds: Int64

    static func now() -> PostgresDeadline {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return PostgresDeadline(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    static func after(_ duration: Duration) -> PostgresDeadline {
        let (end, overflow) = now().nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
        return PostgresDeadline(nanoseconds: overflow ? .max : end)
    }

    static func < (left: PostgresDeadline, right: PostgresDeadline) -> Bool { left.nanoseconds < right.nanoseconds }
}

extension Duration {
    /// Clamped instead of trapping on overflow, because durations come from the configuration.
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? 0 : .max }
        let (sum, sumOverflow) = nanoseconds.addingReportingOverflow(attoseconds / 1_000_000_000)
        return sumOverflow ? .max : max(0, sum)
    }

    /// Rounded up, because `0` means "no limit" in PostgreSQL's settings.
    var wholeMilliseconds: Int64 { wholeNanoseconds / 1_000_000 + (wholeNanoseconds % 1_000_000 == 0 ? 0 : 1) }
}
