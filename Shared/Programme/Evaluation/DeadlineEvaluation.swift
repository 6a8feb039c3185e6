public import Foundation
public import Kernel

/// A deadline: an instant, or provisional while the calendar is not published that far.
public enum Deadline: Sendable, Hashable, Codable {
    /// A command received before this instant is in time.
    case due(Date)
    /// The working days of that year are not published; the deadline is computed from `start` once they are.
    case provisional(start: Date, notPublishedYear: Int)

    /// The instant; nil while it is provisional.
    public var instant: Date? {
        guard case .due(let instant) = self else { return nil }
        return instant
    }
}

extension Programme {
    /// The deadline by that rule from `start`.
    ///
    /// A window's end is independent of `start`. Nil if the window has no end yet, or a date is outside the years 1 to 9999.
    public func deadline(
        _ rule: DeadlineRule, from start: Date, facts: Facts = Facts(),
        calendar: WorkingDayCalendar = .stateCouncil, announcements: Announcements = Announcements()
    ) -> Deadline? {
        let start = startInstant(rule, start, facts, announcements)
        guard let start, let deadline = length(rule, from: start, facts, calendar, announcements) else { return nil }
        guard let last = rule.notPast else { return deadline }
        let latest = BeijingTime.endOfDay(last)
        switch deadline {
        case .due(let instant): return .due(min(instant, latest))
        // A working day beyond the published years is later than any bound within them.
        case .provisional(_, let year): return last.year < year ? .due(latest) : deadline
        }
    }

    private func startInstant(_ rule: DeadlineRule, _ start: Date, _ facts: Facts, _ announcements: Announcements) -> Date? {
        switch rule.start {
        case .step: return start
        // The last second of the window, so that its last day is not counted.
        case .windowCloses(let window): return span(ofWindow: window, announcements)?.closes?.addingTimeInterval(-1)
        case .field(let field):
            guard case .date(let day)? = facts[field] else { return nil }
            return BeijingTime.startOfDay(day)
        }
    }

    private func length(
        _ rule: DeadlineRule, from start: Date, _ facts: Facts, _ calendar: WorkingDayCalendar,
        _ announcements: Announcements
    ) -> Deadline? {
        switch rule.length {
        case .hours(let hours): return .due(start.addingTimeInterval(Double(hours) * 3600))
        case .windowCloses(let window): return span(ofWindow: window, announcements)?.closes.map { .due($0) }
        case .calendarDays(let days):
            return end(try? BeijingTime.date(at: start).adding(days: days))
        case .months(let months): return end(try? BeijingTime.date(at: start).adding(months: months))
        case .field(let field, let most):
            guard case .count(let days)? = facts[field], days >= 0 else { return nil }
            return end(try? BeijingTime.date(at: start).adding(days: Int(min(days, Int64(most)))))
        case .yearly(let month, let day):
            guard let today = try? BeijingTime.date(at: start) else { return nil }
            let candidates = [today.year, today.year + 1].compactMap { try? CalendarDate(year: $0, month: month, day: day) }
            return end(candidates.first { $0 >= today })
        case .workingDays(let days):
            switch try? calendar.deadline(workingDays: days, after: start) {
            case .published(let instant)?: return .due(instant)
            case .notPublished(let year)?: return .provisional(start: start, notPublishedYear: year)
            case nil: return nil
            }
        }
    }

    private func end(_ day: CalendarDate?) -> Deadline? { day.map { .due(BeijingTime.endOfDay($0)) } }

    /// The deadlines of a state, for which timers are scheduled when the procedure enters it.
    ///
    /// `taken` has the last instant of each step. A deadline whose step was never taken, or whose window has no end yet, is omitted.
    public func deadlines(
        of procedure: String, in state: String, taken: [String: Date], facts: Facts = Facts(),
        calendar: WorkingDayCalendar = .stateCouncil, announcements: Announcements = Announcements()
    ) -> [(rule: DeadlineRule, deadline: Deadline)] {
        let running = self.procedure(procedure)?.deadlines(in: state) ?? []
        return running.compactMap { rule in
            var start = Date.distantPast
            if case .step(let step) = rule.start {
                guard let instant = taken[step] else { return nil }
                start = instant
            }
            let deadline = deadline(
                rule, from: start, facts: facts, calendar: calendar, announcements: announcements)
            return deadline.map { (rule, $0) }
        }
    }

    /// The deadlines that start when a step is taken.
    public func deadlines(
        startedBy step: StepReference, at start: Date, calendar: WorkingDayCalendar = .stateCouncil,
        announcements: Announcements = Announcements()
    ) -> [(rule: DeadlineRule, deadline: Deadline)] {
        guard let procedure = procedure(step.procedure) else { return [] }
        return procedure.deadlines.compactMap { rule in
            guard case .step(step.step) = rule.start,
                let deadline = deadline(
                    rule, from: start, calendar: calendar, announcements: announcements)
            else { return nil }
            return (rule, deadline)
        }
    }
}

extension DeadlineRule {
    /// The refusal after the deadline.
    public func refusal(due: Date, at instant: Date) -> Refusal {
        let message =
            wording.message ?? LocalisedText(zh: "已超过“\(title.zh)”的期限。", en: "The deadline \"\(title.en)\" has passed.")
        var refusal = citation.refusal(slug: wording.slug ?? "deadline-\(id)-passed", message: message, remedy: wording.remedy)
        if let last = try? BeijingTime.date(at: due.addingTimeInterval(-1)) { refusal = refusal.comparing("last", last.description, .date) }
        if let given = try? BeijingTime.date(at: instant) { refusal = refusal.comparing("given", given.description, .date) }
        return refusal
    }
}
