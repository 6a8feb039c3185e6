import Foundation
import Messaging
import ServiceHost

/// The settings of `timer` besides those every service has.
enum TimerSettings {
    static let pause = Setting.duration(
        "timer.pause", standard: .milliseconds(100), in: .milliseconds(10)...(.seconds(60)),
        "How long to wait before looking for due timers again; a timer fires at most this late while all is well.")
    static let retention = Setting.duration(
        "timer.retention", standard: .seconds(400 * 86_400), in: .seconds(60 * 86_400)...(.seconds(3660 * 86_400)),
        "How long a timer that has fired or was cancelled is remembered; until then its name cannot fire again.")
    static let rehearsalStartsAt = Setting.optionalText(
        "rehearsal.startsAt", "Where the clock of a rehearsal begins, as 2026-03-30T01:00:00Z; the present when not set.")

    static let all = [pause.declaration, retention.declaration, rehearsalStartsAt.declaration]

    /// Where the clock of a rehearsal begins. Throws `StartFailure` where the setting is no instant.
    static func startsAt(_ settings: Settings, now: Date) throws -> Date {
        guard let text = settings[rehearsalStartsAt] else { return now }
        guard let instant = WireTime.instant(text) else {
            throw StartFailure(.usage, "rehearsal.startsAt is \"\(text.prefix(40))\", which is no instant like 2026-03-30T01:00:00Z")
        }
        return instant
    }
}
