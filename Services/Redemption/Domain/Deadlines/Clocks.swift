import Foundation
import Kernel
import Programme

/// A deadline that runs.
struct RunningDeadline {
    /// The rule, with what is left of it where its clock was stopped.
    let rule: DeadlineRule
    let deadline: Deadline
    /// Since when; nil where it runs to the end of a window, whatever came before.
    let start: Date?

    /// The name of its timer. Another run of the same deadline has another, so that a timer that fires late says nothing about the new one; a
    /// calendar that is published meanwhile changes nothing.
    func timerName(of id: UUID) -> String {
        let instant = (start ?? deadline.instant).map { "\(Int64(($0.timeIntervalSince1970 * 1e6).rounded()))" } ?? "-"
        return "redemption/\(id.uuidString.lowercased())/\(rule.id)/\(instant)"
    }
}

extension Deciding {
    /// The deadlines that run for a redemption in its state, and until when. One whose clock was stopped goes on with what it had left.
    func running(_ redemption: Redemption) -> [RunningDeadline] {
        let rules = programme.procedure(Self.procedure)?.deadlines(in: redemption.state) ?? []
        return rules.compactMap { rule in
            let progress = redemption.progress
            if let pause = progress.pauses[rule.id], let resumedAt = pause.resumedAt {
                return running(rule.shortened(by: pause.used), from: resumedAt)
            }
            guard case .step(let step) = rule.start else { return running(rule, from: nil) }
            return progress.taken[step].flatMap { running(rule, from: $0) }
        }
    }

    private func running(_ rule: DeadlineRule, from start: Date?) -> RunningDeadline? {
        let isOfWindow = if case .windowCloses = rule.length { true } else { false }
        return deadline(rule, from: start ?? .distantPast)
            .map { RunningDeadline(rule: rule, deadline: $0, start: isOfWindow ? nil : start) }
    }

    private func deadline(_ rule: DeadlineRule, from start: Date) -> Deadline? {
        programme.deadline(rule, from: start, calendar: circumstances.calendar, announcements: circumstances.announcements)
    }

    /// Moves a redemption to a state by a step or lapse, and stops and starts the clocks of deadlines that begin with a step.
    ///
    /// A deadline whose states are left stands still; when they are entered again without its step being taken anew, it goes on with the days
    /// it had left. The day on which it stopped has not passed in full and is not counted as used.
    func move(_ redemption: inout Redemption, to state: String, by step: String) {
        let left = redemption.state
        redemption.state = state
        redemption.progress.taken[step] = now
        for rule in programme.procedure(Self.procedure)?.deadlines ?? [] {
            guard case .step(let first) = rule.start, rule.id != step else { continue }
            let (was, isNow) = (rule.states.contains(left), rule.states.contains(state))
            if first == step {
                redemption.progress.pauses[rule.id] = nil
            } else if was, !isNow {
                stop(rule, startedBy: first, &redemption.progress)
            } else if !was, isNow {
                redemption.progress.pauses[rule.id]?.resumedAt = now
            }
        }
    }

    private func stop(_ rule: DeadlineRule, startedBy step: String, _ progress: inout Progress) {
        let pause = progress.pauses[rule.id]
        guard let start = pause?.resumedAt ?? progress.taken[step] else { return }
        progress.pauses[rule.id] = Pause(used: (pause?.used ?? 0) + used(rule, since: start), resumedAt: nil)
    }

    /// What has passed of a deadline in its own unit: whole days after the first and before today, or whole hours.
    private func used(_ rule: DeadlineRule, since start: Date) -> Int {
        guard let first = try? BeijingTime.date(at: start), let today = try? BeijingTime.date(at: now), first < today,
            let yesterday = try? today.adding(days: -1)
        else { return 0 }
        switch rule.length {
        case .hours: return Int(max(0, min(now.timeIntervalSince(start) / 3600, 1e6)))
        case .calendarDays: return first.days(until: yesterday)
        case .workingDays: return circumstances.calendar.workingDays(after: first, through: yesterday).value ?? 0
        case .windowCloses, .months, .field, .yearly: return 0
        }
    }
}

extension DeadlineRule {
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
