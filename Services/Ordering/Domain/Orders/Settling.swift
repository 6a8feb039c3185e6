import Foundation
public import Kernel
import Programme
public import QuotaLedger

extension Deciding {
    /// Does to an order's reservations what a decision of another service has come to: a step or a deadline of a procedure that it runs.
    ///
    /// Refused under QUAN-07 where the programme has no such step, and under QUAN-10 where its procedure is run by another service.
    public func settle(
        _ name: String, fen: Fen?, by service: String, on order: Order, in ledger: inout Ledger
    ) throws(Refusal) -> OrderChange {
        guard let reference = StepReference(name), let procedure = programme.procedure(reference.procedure) else {
            throw Self.noSuchStep(name)
        }
        let step = programme.step(reference)
        guard let effects = step?.ledger ?? programme.deadline(reference)?.lapse.ledger,
            let citation = step?.citation ?? programme.deadline(reference)?.citation
        else { throw Self.noSuchStep(name) }
        guard procedure.owner == service else {
            throw citation.clauses.reduce(PlatformRule.notPermitted.refusal()) { $0.under($1) }.comparing(
                "expected", procedure.owner, .code)
        }
        try apply(effects, at: reference, of: order, fen: fen, to: &ledger)
        var after = order
        if !effects.isEmpty { after.progress.settled = reference.description }
        return change(from: order, to: after, step: "settle", clauses: citation.clauses, reason: reference.description)
    }

    private static func noSuchStep(_ name: String) -> Refusal {
        PlatformRule.unknownReference.refusal().comparing("step", String(name.prefix(80)), .code)
    }
}
