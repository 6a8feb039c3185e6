import Foundation
import Kernel
import Programme

extension Decision {
    /// The deadline of a case that has lapsed first.
    func due(_ subject: ProcedureCase) -> (rule: DeadlineRule, at: Date)? {
        guard subject.state != Procedure.start else { return nil }
        return running(subject).filter { $0.at <= circumstances.now }.min { $0.at < $1.at }
    }

    /// The deadlines that run for a case, with the instants at which they lapse. A deadline that others hold does not lapse.
    func running(_ subject: ProcedureCase) -> [(rule: DeadlineRule, at: Date)] {
        let compiled = versions.version(subject.programmeVersion)
        let rules = compiled.procedures[subject.procedure]?.deadlines[subject.state] ?? []
        guard !rules.isEmpty else { return [] }
        let known = rules.contains(where: \.asksFacts) ? known(about: subject) : Facts()
        return rules.compactMap { rule in
            guard !isHeld(rule, subject), let at = instant(of: rule, subject, known, compiled) else { return nil }
            // A deadline that ran when the case followed a later version does not get shorter.
            let before = subject.left.compactMap { entry -> Date? in
                let left = versions.version(entry.programmeVersion)
                if case .step(let step) = rule.start, subject.taken[step].map({ $0.version > entry.version }) ?? true { return nil }
                guard let old = left.procedure(subject.procedure)?.deadlines.first(where: { $0.id == rule.id }) else { return nil }
                return instant(of: old, subject, known, left)
            }
            return (rule, ([at] + before).max() ?? at)
        }
    }

    /// Throws the refusal of a lapsed deadline, whichever timer has fired.
    func mustNotHaveLapsed(_ subject: ProcedureCase) throws(StepRefused) {
        guard let due = due(subject) else { return }
        throw StepRefused(
            [due.rule.refusal(due: due.at, at: circumstances.now)], lapsed: StepReference(subject.procedure, due.rule.id))
    }

    private func isHeld(_ rule: DeadlineRule, _ subject: ProcedureCase) -> Bool {
        rule.holdsWhile.contains { hold in
            transition.family.cases(of: hold.procedure).contains { $0.parent == subject.id && hold.states.contains($0.state) }
        }
    }

    private func instant(
        of rule: DeadlineRule, _ subject: ProcedureCase, _ known: Facts, _ compiled: CompiledProgramme
    ) -> Date? {
        var start = Date.distantPast
        var rule = rule
        if case .step(let step) = rule.start {
            guard let instant = subject.taken[step]?.at else { return nil }
            start = instant
            if rule.whileAway == .pauses, let (used, resumed) = used(rule, subject, since: instant) {
                rule = rule.shortened(by: used)
                start = resumed
            }
        }
        return compiled.programme.deadline(
            rule, from: start, facts: known, calendar: circumstances.calendar, announcements: circumstances.announcements)?.instant
    }

    /// What a case has used up of a deadline that pauses while it is elsewhere, in the deadline's unit, and when it came back. Nil if it never
    /// left. The day on which it left has not passed in full, and does not count.
    private func used(_ rule: DeadlineRule, _ subject: ProcedureCase, since start: Date) -> (Int, Date)? {
        let visits = subject.visits.filter { $0.at >= start }
        var (used, from, resumed): (Int, Date?, Date?) = (0, start, nil)
        for visit in visits {
            if rule.states.contains(visit.state) {
                if from == nil { (from, resumed) = (visit.at, visit.at) }
            } else if let entered = from {
                used += passed(rule.length, from: entered, to: visit.at)
                from = nil
            }
        }
        return resumed.map { (used, $0) }
    }

    private func passed(_ length: DeadlineRule.Length, from: Date, to: Date) -> Int {
        guard let first = try? BeijingTime.date(at: from), let last = try? BeijingTime.date(at: to) else { return 0 }
        if case .hours = length { return Int(max(0, min(to.timeIntervalSince(from) / 3600, 1e6))) }
        guard first < last, let yesterday = try? last.adding(days: -1) else { return 0 }
        if case .workingDays = length { return circumstances.calendar.workingDays(after: first, through: yesterday).value ?? 0 }
        return first.days(until: yesterday)
    }
}

extension DeadlineRule {
    /// Whether its start or its length is a fact.
    fileprivate var asksFacts: Bool {
        if case .field = start { return true }
        if case .field = length { return true }
        return false
    }

    /// The same deadline with part of it used up; at least one day or hour is left.
    fileprivate func shortened(by used: Int) -> DeadlineRule {
        var rule = self
        switch length {
        case .hours(let hours): rule.length = .hours(max(1, hours - used))
        case .calendarDays(let days): rule.length = .calendarDays(max(1, days - used))
        case .workingDays(let days): rule.length = .workingDays(max(1, days - used))
        case .windowCloses, .months, .field, .yearly: break
        }
        return rule
    }
}
