import Foundation
import Kernel
import Programme

extension Decision {
    /// Applies effects to the ledger. They act on the reservations of the case, or of its nearest ancestor that has some; a reservation is
    /// always the case's own.
    mutating func post(
        _ effects: [LedgerEffect], _ reference: StepReference, _ subject: ProcedureCase, _ known: Facts
    ) throws(StepRefused) {
        for effect in effects {
            let field = effect.amount ?? compiled.procedure(subject.procedure)?.amount
            var amount: Fen?
            if let field, case .amount(let fen)? = known[field] ?? origin[field] { amount = fen }
            if let other = foreignLedger {
                ask(other, .ledger(kind: effect.kind, caps: effect.caps, reference: reference, amount: amount), for: subject, known)
                continue
            }
            let holder = effect.kind == .reserve ? subject : holder(above: subject)
            let change = Transition.LedgerChange(id: holder.id, effect: effect, reference: reference, amount: amount)
            do throws(Refusal) {
                try ledger.apply(
                    change, of: holder, known: known, at: circumstances.now, under: programme,
                    limits: versions.latest(at: circumstances.now).programme)
            } catch {
                throw StepRefused([error.isOfPlatform ? citation(of: reference).clauses.reduce(error) { $0.under($1) } : error])
            }
            transition.ledger.append(change)
        }
    }

    /// Changes the ledger for a case of another host.
    mutating func changeLedger(
        _ effect: LedgerEffect, _ reference: StepReference, _ amount: Fen?, _ ask: Ask
    ) throws(StepRefused) {
        var asker = transition.family[ask.asker] ?? ProcedureCase(id: ask.asker, procedure: reference.procedure, parent: nil, parties: [:])
        (asker.parties, asker.refers) = (ask.parties, ask.refers)
        let holder = effect.kind == .reserve ? asker : holder(above: asker)
        let change = Transition.LedgerChange(id: holder.id, effect: effect, reference: reference, amount: amount)
        do throws(Refusal) {
            try ledger.apply(
                change, of: holder, known: ask.facts, at: circumstances.now, under: programme,
                limits: versions.latest(at: circumstances.now).programme)
        } catch {
            throw StepRefused([error.isOfPlatform ? citation(of: reference).clauses.reduce(error) { $0.under($1) } : error])
        }
        transition.ledger.append(change)
    }

    private func citation(of reference: StepReference) -> Citation {
        compiled.step(reference)?.citation ?? programme.deadline(reference)?.citation ?? Citation([])
    }

    /// The case itself or its nearest ancestor with reservations; the case itself if there is none.
    private func holder(above subject: ProcedureCase) -> ProcedureCase {
        var next: ProcedureCase? = subject
        while let current = next {
            if ledger.hasReservations(of: current.id) { return current }
            next = current.parent.flatMap { transition.family[$0] }
        }
        return subject
    }
}

extension Refusal {
    /// Whether it names a rule of the platform first.
    fileprivate var isOfPlatform: Bool { clauses.first?.hasPrefix("QUAN-") ?? true }
}
