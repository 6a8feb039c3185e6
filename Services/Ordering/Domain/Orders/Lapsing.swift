public import Foundation
public import Kernel
import Programme
public import QuotaLedger

extension Deciding {
    /// What a deadline's passing does to an order; nil where it does nothing any more: the state was left in time, or the deadline lies later.
    ///
    /// `dueAt` is when the timer came due. A deadline that was beyond the published calendar is what the timer says it is.
    public func lapse(_ deadline: String, dueAt: Date, of order: Order, in ledger: inout Ledger) throws(Refusal) -> OrderChange? {
        guard let (rule, running) = running(order).first(where: { $0.rule.id == deadline }) else { return nil }
        let due = running.instant ?? dueAt
        // Instants travel to the microsecond; a deadline in hours may lie between two.
        let least = due.addingTimeInterval(-0.001)
        guard now >= least, dueAt >= least else { return nil }
        var after = order
        try apply(rule.lapse.ledger, at: StepReference(Self.procedure, rule.id), of: order, fen: nil, to: &ledger)
        after.state = rule.lapse.to
        after.progress.lapse = Progress.Lapse(deadline: rule.id, dueAt: due)
        return change(from: order, to: after, step: rule.id, clauses: rule.citation.clauses, passed: rule.id)
    }
}
