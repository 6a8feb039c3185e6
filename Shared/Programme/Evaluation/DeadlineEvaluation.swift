public import Foundation
public import Kernel

/// When something must be done by: an instant, or for now only the rule it will follow from.
public enum Deadline: Sendable, Hashable, Codable {
    /// What arrives before this instant is in time.
    case due(Date)
    /// The working days of that year are not published; the deadline follows from this start once they are.
    case provisional(start: Date, notPublishedYear: Int)

    /// The instant, where it is known.
    public var instant: Date? {
        guard case .due(let instant) = self else { return nil }
        return instant
    }
}

extension Programme {
    /// The deadline of that rule for what started at `start`.
    ///
    /// `daysForProduct` is what a single product was given in place of the usual days; it counts no further than the rule lets it. A window's
    /// end takes no notice of `start`. Nil where the window has no end yet, or the dates leave the years 1 to 9999.
    public func deadline(
        _ rule: DeadlineRule, from start: Date, daysForProduct: Int? = nil, calendar: WorkingDayCalendar = .stateCouncil,
        announcements: Announcements = Announcements()
    ) -> Deadline? {
        let start = startInstant(rule, start, announcements)
        guard let start, let deadline = length(rule, from: start, daysForProduct, calendar, announcements) else { return nil }
        guard let last = rule.notPast else { return deadline }
        let latest = BeijingTime.endOfDay(last)
        switch deadline {
        case .due(let instant): return .due(min(instant, latest))
        // A working day beyond the published years lies after a bound within them, whatever the calendar will say.
        case .provisional(_, let year): return last.year < year ? .due(latest) : deadline
        }
    }

    private func startInstant(_ rule: DeadlineRule, _ start: Date, _ announcements: Announcements) -> Date? {
        guard case .windowCloses(let window) = rule.start else { return start }
        // The last second of the window, so that its last day is the one that is not counted.
        return span(ofWindow: window, announcements)?.closes?.addingTimeInterval(-1)
    }

    private func length(
        _ rule: DeadlineRule, from start: Date, _ daysForProduct: Int?, _ calendar: WorkingDayCalendar, _ announcements: Announcements
    ) -> Deadline? {
        switch rule.length {
        case .hours(let hours): return .due(start.addingTimeInterval(Double(hours) * 3600))
        case .windowCloses(let window): return span(ofWindow: window, announcements)?.closes.map { .due($0) }
        case .calendarDays(let days):
            let most = rule.mostForProduct ?? days
            let given = max(days, min(daysForProduct ?? days, most))
            guard let day = try? BeijingTime.date(at: start).adding(days: given) else { return nil }
            return .due(BeijingTime.endOfDay(day))
        case .workingDays(let days):
            switch try? calendar.deadline(workingDays: days, after: start) {
            case .published(let instant)?: return .due(instant)
            case .notPublished(let year)?: return .provisional(start: start, notPublishedYear: year)
            case nil: return nil
            }
        }
    }

    /// The deadlines that run while a procedure is in that state: what to set timers for whenever it has come there.
    ///
    /// `taken` tells when each step was last taken. A deadline whose step was never taken, or whose window has no end yet, is left out.
    public func deadlines(
        of procedure: String, in state: String, taken: [String: Date], daysForProduct: Int? = nil,
        calendar: WorkingDayCalendar = .stateCouncil,
        announcements: Announcements = Announcements()
    ) -> [(rule: DeadlineRule, deadline: Deadline)] {
        let running = self.procedure(procedure)?.deadlines(in: state) ?? []
        return running.compactMap { rule in
            var start = Date.distantPast
            if case .step(let step) = rule.start {
                guard let instant = taken[step] else { return nil }
                start = instant
            }
            let deadline = deadline(rule, from: start, daysForProduct: daysForProduct, calendar: calendar, announcements: announcements)
            return deadline.map { (rule, $0) }
        }
    }

    /// The deadlines that begin when a step is taken, with the instants they run to.
    public func deadlines(
        startedBy step: StepReference, at start: Date, daysForProduct: Int? = nil, calendar: WorkingDayCalendar = .stateCouncil,
        announcements: Announcements = Announcements()
    ) -> [(rule: DeadlineRule, deadline: Deadline)] {
        guard let procedure = procedure(step.procedure) else { return [] }
        return procedure.deadlines.compactMap { rule in
            guard case .step(step.step) = rule.start,
                let deadline = deadline(
                    rule, from: start, daysForProduct: daysForProduct, calendar: calendar, announcements: announcements)
            else { return nil }
            return (rule, deadline)
        }
    }
}

extension DeadlineRule {
    /// What is told to who comes after the deadline.
    public func refusal(due: Date, at instant: Date) -> Refusal {
        let message =
            wording.message ?? LocalisedText(zh: "已超过“\(title.zh)”的期限。", en: "The deadline \"\(title.en)\" has passed.")
        var refusal = citation.refusal(slug: wording.slug ?? "deadline-\(id)-passed", message: message, remedy: wording.remedy)
        if let last = try? BeijingTime.date(at: due.addingTimeInterval(-1)) { refusal = refusal.comparing("last", last.description, .date) }
        if let given = try? BeijingTime.date(at: instant) { refusal = refusal.comparing("given", given.description, .date) }
        return refusal
    }
}
