public import Foundation
public import Kernel
public import Messages

/// What becomes of a timer when its owner asks for it.
public enum Scheduling {
    /// The greatest length of a name or a subject in bytes: a subject is the key of an event, and keys are no longer.
    public static let textBytes = 1024
    /// The longest grace: a day. It lets in what was under way, and is no deadline of its own.
    public static let graceSeconds = 0...86_400
    /// The longest rule. A programme's file allows no longer one either.
    public static let workingDays = 1...1000

    /// The timer as it is to be kept, or nil where it has fired: it does not come back.
    ///
    /// Only its owner may set a timer (QUAN-10). Texts are bounded (QUAN-14), numbers and instants too (QUAN-01).
    public static func schedule(
        _ command: ScheduleTimer, from source: String, existing: StoredTimer?, calendar: WorkingDayCalendar
    ) throws(Refusal) -> StoredTimer? {
        try checkOwner(command.owner, source)
        try checkTexts(command)
        guard graceSeconds.contains(command.graceSeconds) else {
            throw outside("graceSeconds", command.graceSeconds, graceSeconds, .seconds)
        }
        let due = try due(command.due, calendar: calendar)
        guard existing?.state != .fired else { return nil }
        return StoredTimer(
            id: TimerID(owner: command.owner, name: command.name), subject: command.subject, purpose: command.purpose, due: due,
            graceSeconds: command.graceSeconds, state: due.instant == nil ? .provisional : .waiting)
    }

    /// Only its owner may cancel a timer (QUAN-10).
    public static func checkOwner(_ owner: String, _ source: String) throws(Refusal) {
        guard owner == source else {
            throw PlatformRule.notPermitted.refusal(
                LocalisedText(zh: "定时器只能由其所属服务设置或取消。", en: "A timer can be set and cancelled by the service that owns it only."))
        }
    }

    /// The instant a rule leads to, or the rule itself where the calendar reaches not so far. An instant that is past is as good as any: the
    /// timer fires at once.
    public static func due(_ due: ScheduleTimer.Due, calendar: WorkingDayCalendar) throws(Refusal) -> TimerDue {
        switch due {
        case .at(let instant):
            guard (try? BeijingTime.date(at: instant)) != nil else { throw outsideCalendar }
            return .at(instant)
        case .workingDays(let days, let start):
            guard workingDays.contains(days) else { throw outside("workingDays", days, workingDays, .workingDays) }
            return try resolve(workingDays: days, after: start, calendar: calendar)
        }
    }

    /// Where so many working days lead, by that calendar.
    public static func resolve(workingDays days: Int, after start: Date, calendar: WorkingDayCalendar) throws(Refusal) -> TimerDue {
        switch try? calendar.deadline(workingDays: days, after: start) {
        case .published(let instant)?: return .at(instant)
        case .notPublished(let year)?: return .provisional(workingDays: days, after: start, missingYear: year)
        case nil: throw outsideCalendar
        }
    }

    private static func checkTexts(_ command: ScheduleTimer) throws(Refusal) {
        for (field, text) in [("name", command.name), ("subject", command.subject), ("purpose", command.purpose)] {
            guard (1...textBytes).contains(text.utf8.count), !text.utf8.contains(0) else {
                throw PlatformRule.keyTooLong.refusal().comparing(field, text.utf8.count, .bytes).comparing("limit", textBytes, .bytes)
            }
        }
    }

    private static func outside(_ field: String, _ value: Int, _ bounds: ClosedRange<Int>, _ unit: RefusalUnit) -> Refusal {
        PlatformRule.malformedMessage.refusal()
            .comparing(field, value, unit).comparing("least", bounds.lowerBound, unit).comparing("most", bounds.upperBound, unit)
    }

    private static var outsideCalendar: Refusal {
        PlatformRule.malformedMessage.refusal(
            LocalisedText(zh: "时刻须在公元1年至9999年之间。", en: "An instant lies within the years 1 to 9999."))
    }
}
