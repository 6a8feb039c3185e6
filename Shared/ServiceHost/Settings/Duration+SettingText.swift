/// Durations in settings: a whole number and one unit. Forms such as `1h30m` or `0.5s` are not accepted, because they invite mistakes.
extension Duration {
    private static let units: [(suffix: String, milliseconds: Int64)] = [("ms", 1), ("s", 1000), ("m", 60000), ("h", 3_600_000)]

    /// Reads `250ms`, `5s`, `2m` or `1h`; `nil` for any other text and for a number that is too large.
    init?(settingText text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits), let unit = Self.units.first(where: { $0.suffix == text.dropFirst(digits.count) }) else {
            return nil
        }
        let (milliseconds, overflow) = count.multipliedReportingOverflow(by: unit.milliseconds)
        guard !overflow else { return nil }
        self = .milliseconds(milliseconds)
    }

    /// The shortest form that means the same duration, to the millisecond.
    public var settingText: String {
        let total = wholeMilliseconds
        guard total != 0, let unit = Self.units.last(where: { total % $0.milliseconds == 0 }) else { return "\(total)ms" }
        return "\(total / unit.milliseconds)\(unit.suffix)"
    }

    /// The duration in milliseconds, truncated; the maximum or minimum number when it does not fit.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? (seconds < 0 ? .min : .max) : milliseconds + attoseconds / 1_000_000_000_000_000
    }
}
