import Foundation
import Kernel
import Programme

extension Deciding {
    /// The deadlines that run for a redemption in its state, and until when. One whose clock was stopped goes on with what it had left.
    func running(_ redemption: Redemption) -> [(rule: DeadlineRule, deadline: Deadline)] {
        let rules = programme.procedure(Self.procedure)?.deadlines(in: redemption.state) ?? []
        return rules.compactMap { rule in
            let progress = redemption.progress
            if let pause = progress.pauses[rule.id], let resumedAt = pause.resumedAt {
                return deadline(rule.shortened(by: pause.used), from: resumedAt).map { (rule, $0) }
            }
            var start = Date.distantPast
            if case .step(let step) = rule.start {
                guard let taken = progress.taken[step] else { return nil }
                start = taken
            }
            return deadline(rule, from: start).map { (rule, $0) }
        }
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
        case .windowCloses: return 0
        }
    }

    /// The name of a deadline's timer. Another start or end is another timer, so that one that fired late says nothing about the new one.
    func timerName(_ redemption: Redemption, _ rule: DeadlineRule, _ deadline: Deadline) -> String {
        let instant =
            switch deadline {
            case .due(let due): "\(Int64(due.timeIntervalSince1970.rounded(.down)))"
            case .provisional(let start, _): "after-\(Int64(start.timeIntervalSince1970.rounded(.down)))"
            }
        return "redemption/\(redemption.id.uuidString.lowercased())/\(rule.id)/\(instant)"
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
        case .windowCloses: break
        }
        return rule
    }
}
