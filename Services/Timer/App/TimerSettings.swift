import Foundation
import ServiceHost
import StrictJSON

/// The settings of `timer` in addition to those of every service.
enum TimerSettings {
    static let interval = Setting.duration(
        "timer.pause", standard: .milliseconds(100), in: .milliseconds(10)...(.seconds(60)),
        "The interval between checks for due timers, and so the maximum lateness of a timer in normal operation.")
    static let retention = Setting.duration(
        "timer.retention", standard: .seconds(400 * 86_400), in: .seconds(60 * 86_400)...(.seconds(3660 * 86_400)),
        "How long a fired or cancelled timer is kept; until then it does not fire again for the same instant.")
    static let rehearsalStartsAt = Setting.optionalText(
        "rehearsal.startsAt", "The first instant of a rehearsal's clock, for example 2026-03-30T01:00:00Z; the current time when not set.")

    static let all = [interval.declaration, retention.declaration, rehearsalStartsAt.declaration]

    static let rules: [SettingsRule] = [.readable(rehearsalStartsAt) { _ = try startsAt($0, now: Date(timeIntervalSince1970: 0)) }]

    /// The first instant of a rehearsal's clock. Throws `StartFailure` where the setting is not an instant.
    static func startsAt(_ settings: Settings, now: Date) throws -> Date {
        guard let text = settings[rehearsalStartsAt] else { return now }
        guard let instant = WireTime.instant(text) else {
            throw StartFailure(.usage, "\"\(text.prefix(40))\" is not an instant such as 2026-03-30T01:00:00Z")
        }
        return instant
    }
}
