import Foundation
import Kernel
import Messages
import Programme

extension Deciding {
    /// The change from one redemption to another, with what becomes of its timers and what the ledger is asked. A deadline that has just passed
    /// has no timer any more.
    func change(
        from before: Redemption?, to after: Redemption, step: String, citation: Citation, effects: [LedgerEffect] = [],
        reason: String? = nil, passed: String? = nil
    ) -> RedemptionChange {
        var after = after
        let old = before.map(timers) ?? [:]
        let new = timers(after)
        updateNotice(&after, step: step)
        let settles = settle(&after, step, effects)
        let schedules = new.filter { old[$0.key] == nil }.sorted { $0.key < $1.key }
            .map { RedemptionChange.Timer.schedule(rule: $0.value.rule, deadline: $0.value.deadline, name: $0.key) }
        let cancels = old.filter { new[$0.key] == nil && $0.value.rule.id != passed }.keys.sorted().map(RedemptionChange.Timer.cancel)
        return RedemptionChange(
            redemption: after, step: step, from: before?.state, reason: reason, at: now, timers: schedules + cancels, settles: settles,
            dueAt: running(after).compactMap(\.deadline.instant).min(), clauses: citation.clauses)
    }

    private func timers(_ redemption: Redemption) -> [String: RunningDeadline] {
        Dictionary(running(redemption).map { ($0.timerName(of: redemption.id), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// What the ledger is asked to do. It is asked once for a redemption: whatever leads to a final state is the last that has an effect.
    private func settle(_ redemption: inout Redemption, _ step: String, _ effects: [LedgerEffect]) -> SettleOrder? {
        guard !effects.isEmpty, redemption.settlement == nil else { return nil }
        let reference = StepReference(Self.procedure, step).description
        let amount = effects.contains(where: \.pays) ? redemption.amount : nil
        redemption.settlement = Settlement(step: reference, amount: amount)
        return SettleOrder(orderID: redemption.id, step: reference, amountFen: amount)
    }

    /// The days of the notice: from the step that publishes, through the last day of the deadline that it starts. While that stands still the
    /// last day is not known; once it has passed it stays as it was.
    private func updateNotice(_ redemption: inout Redemption, step: String) {
        let publishing = programme.procedure(Self.procedure)?.steps.filter { !$0.publishes.isEmpty }.map(\.id) ?? []
        if publishing.contains(step), let today = try? BeijingTime.date(at: now) {
            redemption.progress.notice = NoticeDays(from: today, through: nil)
        }
        guard let notice = redemption.progress.notice else { return }
        for rule in programme.procedure(Self.procedure)?.deadlines ?? [] {
            guard case .step(let first) = rule.start, publishing.contains(first) else { continue }
            if let deadline = running(redemption).first(where: { $0.rule.id == rule.id })?.deadline {
                let last = deadline.instant.flatMap { try? BeijingTime.date(at: $0.addingTimeInterval(-1)) }
                redemption.progress.notice = NoticeDays(from: notice.from, through: last)
            } else if let pause = redemption.progress.pauses[rule.id], pause.resumedAt == nil {
                redemption.progress.notice = NoticeDays(from: notice.from, through: nil)
            }
        }
    }
}

extension LedgerEffect {
    /// Whether money is to be paid for it.
    var pays: Bool { kind == .post || kind == .postWhole }
}
