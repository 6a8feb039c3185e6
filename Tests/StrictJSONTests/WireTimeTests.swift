import Foundation
import Kernel
import StrictJSON
import Testing

@Suite("Times in JSON")
struct WireTimeTests {
    /// The seed of the random numbers; failures print it. Set `QUAN_TEST_SEED` to replay one.
    private static let seed =
        ProcessInfo.processInfo.environment["QUAN_TEST_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)

    @Test(
        "known times are formatted with six decimals in UTC, and parsed again",
        arguments: [
            (0.0, "1970-01-01T00:00:00.000000Z"), (951_782_400, "2000-02-29T00:00:00.000000Z"),
            (1_778_342_399.000001, "2026-05-09T15:59:59.000001Z"), (-0.5, "1969-12-31T23:59:59.500000Z"),
            (-2_203_891_200, "1900-03-01T00:00:00.000000Z"), (4_107_542_399.5, "2100-02-28T23:59:59.500000Z"),
            (-62_135_596_800, "0001-01-01T00:00:00.000000Z"), (253_402_300_799, "9999-12-31T23:59:59.000000Z"),
        ])
    func known(seconds: Double, text: String) {
        #expect(WireTime.text(Date(timeIntervalSince1970: seconds)) == text)
        #expect(WireTime.instant(text) == Date(timeIntervalSince1970: seconds))
    }

    @Test("every microsecond of the years 1750 to 2240 survives a round trip")
    func exact() throws {
        var random = SplitMix64(seed: Self.seed)
        for _ in 0..<20_000 {
            let microseconds = Int64.random(in: -6_942_672_000_000_000...8_520_336_000_000_000, using: &random)
            let text = Self.reference(microseconds)
            let instant = try #require(WireTime.instant(text), "\(text), seed \(Self.seed)")
            #expect(WireTime.text(instant) == text, "seed \(Self.seed)")
        }
    }

    @Test("any time of the years 1 to 9999 survives a round trip within the precision of `Date`, and a second one exactly")
    func everyYear() throws {
        var random = SplitMix64(seed: Self.seed)
        for _ in 0..<20_000 {
            let instant = Date(timeIntervalSince1970: Double.random(in: -62_135_596_800...253_402_300_799, using: &random))
            let text = WireTime.text(instant)
            let read = try #require(WireTime.instant(text), "\(text), seed \(Self.seed)")
            #expect(
                abs(read.timeIntervalSince(instant)) <= 0.0000005 + 2 * instant.timeIntervalSince1970.ulp, "\(text), seed \(Self.seed)")
            #expect(
                WireTime.text(read).prefix(22) == text.prefix(22) || abs(read.timeIntervalSince(instant)) < 0.0001, "seed \(Self.seed)")
        }
    }

    @Test("every day of 400 years agrees with Foundation's calendar")
    func everyDay() {
        var (year, month, day) = (1900, 1, 1)
        for days in 0..<146_097 {
            let text = WireTime.text(Date(timeIntervalSince1970: Double(days - 25_567) * 86_400))
            let expected = String(format: "%04d-%02d-%02d", year, month, day)
            guard text.hasPrefix(expected) else {
                Issue.record("day \(days) is \(text), not \(expected)")
                return
            }
            (year, month, day) = Self.tomorrow(year, month, day)
        }
    }

    @Test(
        "text that is not a time in UTC is refused, including impossible dates",
        arguments: [
            "", "2026-05-09", "2026-05-09T15:59:59", "2026-05-09T15:59:59z", "2026-05-09 15:59:59Z", "2026-05-09t15:59:59Z",
            "2026-05-09T15:59:59+00:00", "2026-05-09T15:59:59+08:00", "2026-05-09T15:59:59.Z", "2026-05-09T15:59:59.1234567Z",
            "2026-05-09T15:59:59,5Z", "2026-05-09T24:00:00Z", "2026-05-09T23:60:00Z", "2026-05-09T23:59:60Z", "2026-13-01T00:00:00Z",
            "2026-00-10T00:00:00Z", "2026-01-00T00:00:00Z", "2026-04-31T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
            "2100-02-29T00:00:00Z", "0000-01-01T00:00:00Z", "-001-01-01T00:00:00Z", "+026-01-01T00:00:00Z", "20260509T155959Z00000",
            "2026-05-09T15:59:5９Z", "2026-05-09T15:59:59.12345６Z", "2026-05-09T15:59:59 Z", " 026-05-09T15:59:59Z", "9999999999999999999Z",
        ])
    func refused(text: String) { #expect(WireTime.instant(text) == nil) }

    @Test("parsing any bytes returns a result or nil, without a crash")
    func anything() {
        var random = SplitMix64(seed: Self.seed)
        let alphabet = Array("0123456789-:TZ. 年")
        for _ in 0..<20_000 {
            var characters = Array("2026-05-09T15:59:59.000001Z")
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<characters.count, using: &random)
                characters[place] = alphabet.randomElement(using: &random) ?? "0"
            }
            if random.below(100) < 30 { characters.removeLast(Int.random(in: 0..<characters.count, using: &random)) }
            let text = String(characters)
            guard let instant = WireTime.instant(text) else { continue }
            // A parsed time formats to the same text.
            #expect(WireTime.text(instant).prefix(19) == text.prefix(19), "\(text), seed \(Self.seed)")
        }
    }

    @Test(
        "a time after the year 9999 is written as the upper bound",
        arguments: [Double.infinity, 1e300, 253_402_300_800])
    func late(seconds: Double) { #expect(WireTime.text(Date(timeIntervalSince1970: seconds)) == "9999-12-31T23:59:59.000000Z") }

    @Test(
        "a time before the year 1, or NaN, is written as the lower bound",
        arguments: [-Double.infinity, -1e300, -62_135_596_801, .nan])
    func early(seconds: Double) { #expect(WireTime.text(Date(timeIntervalSince1970: seconds)) == "0001-01-01T00:00:00.000000Z") }

    /// Formatted with Foundation's calendar, independently of the code under test.
    private static func reference(_ microseconds: Int64) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let seconds = (microseconds - (microseconds % 1_000_000 + 1_000_000) % 1_000_000) / 1_000_000
        let parts = calendar.dateComponents(
            [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: Double(seconds)))
        return String(
            format: "%04d-%02d-%02dT%02d:%02d:%02d.%06lldZ", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0, parts.hour ?? 0,
            parts.minute ?? 0, parts.second ?? 0, microseconds - seconds * 1_000_000)
    }

    private static func tomorrow(_ year: Int, _ month: Int, _ day: Int) -> (Int, Int, Int) {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        if day < lengths[month - 1] { return (year, month, day + 1) }
        return month < 12 ? (year, month + 1, 1) : (year + 1, 1, 1)
    }
}
