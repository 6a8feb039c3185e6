public import Foundation
public import Kernel
public import Programme

/// The ledger as a decision sees it. A value: a decision that is refused leaves the caller's ledger as it was.
public protocol ProcedureLedger: Sendable {
    /// Applies an effect of a case. Throws the refusal of the cap that has too little left.
    mutating func apply(_ change: Transition.LedgerChange, of subject: ProcedureCase, under programme: Programme) throws(Refusal)
}

/// Decides the steps and lapses of a programme's procedures. It is pure: the same input gives the same transition.
///
/// Every step passes the same checks in the same order: the case, lapsed deadlines, the step with state and role and party and version, the
/// window, needs and person and reason, forms and papers, rules, and then the effects with all steps that they cause. All or nothing is
/// taken.
public struct ProcedureEngine: Sendable {
    /// The programme.
    public let programme: Programme

    /// An engine for a programme.
    public init(_ programme: Programme) { self.programme = programme }

    /// Takes a step.
    ///
    /// - Parameters:
    ///   - id: the case; for a step from `start` the id of the new case
    ///   - parent: the parent of a new case
    ///   - facts: what registers say
    /// - Throws: `StepRefused`
    public func take(
        _ step: StepReference, on id: UUID, parent: UUID? = nil, _ input: StepInput = StepInput(), by actor: StepActor, in family: Family,
        facts: Facts = Facts(), _ circumstances: Circumstances, ledger: inout some ProcedureLedger
    ) throws(StepRefused) -> Transition {
        var decision = Decision(programme, family, facts, circumstances, ledger)
        let subject = try decision.subject(step, id, parent, input, actor)
        try decision.mustNotHaveLapsed(subject)
        try decision.take(step, subject, input, actor, cause: nil, depth: 0)
        try decision.takeNeeded()
        ledger = decision.ledger
        return decision.transition
    }

    /// Takes a step because a typed service has answered, "bank.confirmed".
    public func answer(
        _ answer: String, to id: UUID, in family: Family, facts: Facts = Facts(), _ circumstances: Circumstances,
        ledger: inout some ProcedureLedger
    ) throws(StepRefused) -> Transition {
        guard let subject = family[id], let procedure = programme.procedure(subject.procedure),
            let step = procedure.steps.first(where: { $0.cause == .answer(answer) && $0.from.contains(subject.state) })
        else { throw StepRefused([PlatformRule.unknownReference.refusal()]) }
        var decision = Decision(programme, family, facts, circumstances, ledger)
        try decision.mustNotHaveLapsed(subject)
        try decision.take(
            StepReference(procedure.id, step.id), subject, StepInput(), .platform, cause: step.cause, depth: 0)
        try decision.takeNeeded()
        ledger = decision.ledger
        return decision.transition
    }

    /// Takes the lapse of the deadline that is due first. Returns nil if no deadline is due.
    public func lapse(
        _ id: UUID, in family: Family, facts: Facts = Facts(), _ circumstances: Circumstances, ledger: inout some ProcedureLedger
    ) throws(StepRefused) -> Transition? {
        var decision = Decision(programme, family, facts, circumstances, ledger)
        guard let subject = family[id], let due = decision.due(subject) else { return nil }
        try decision.lapse(due.rule, subject)
        try decision.takeNeeded()
        ledger = decision.ledger
        return decision.transition
    }

    /// The earliest instant at which a deadline of the case lapses. Nil if none runs, or if its working days are not published yet.
    public func nextLapse(of subject: ProcedureCase, _ circumstances: Circumstances) -> (deadline: StepReference, at: Date)? {
        programme.deadlines(
            of: subject.procedure, in: subject.state, taken: subject.instants, calendar: circumstances.calendar,
            announcements: circumstances.announcements
        ).compactMap { running in
            running.deadline.instant.map { (deadline: StepReference(subject.procedure, running.rule.id), at: $0) }
        }.min { $0.at < $1.at }
    }
}
