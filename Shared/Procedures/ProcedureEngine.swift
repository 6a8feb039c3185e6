public import Foundation
public import Kernel
public import Programme

/// The ledger as a decision sees it. A value: a decision that is refused leaves the caller's ledger as it was.
public protocol ProcedureLedger: Sendable {
    /// Applies an effect on the reservations of a case, under the case's version, with the limits of the latest one. Throws the refusal of the cap that has too little left.
    mutating func apply(
        _ change: Transition.LedgerChange, of holder: ProcedureCase, known: Facts, at now: Date, under programme: Programme,
        limits latest: Programme
    ) throws(Refusal)
    /// Whether a case has ever reserved.
    func hasReservations(of id: UUID) -> Bool
}

/// Decides the steps and lapses of a programme's procedures. It is pure: the same input gives the same transition.
///
/// Every step passes the same checks in the same order: the case, lapsed deadlines, the step with state and role and party and version, the
/// window, needs and person and reason, forms and papers, rules, and then the effects with all steps that they cause. All or nothing is
/// taken.
public struct ProcedureEngine: Sendable {
    let versions: ProgrammeVersions
    /// The host for which it decides; nil where one host keeps all cases.
    public let place: HostPlace?

    /// An engine for a programme, which is compiled once.
    public init(_ programme: Programme) { (versions, place) = (ProgrammeVersions(programme), nil) }

    /// The same engine for one of several hosts.
    public init(_ engine: ProcedureEngine, at place: HostPlace) { (versions, self.place) = (engine.versions, place) }

    private init(_ versions: ProgrammeVersions, _ place: HostPlace?) { (self.versions, self.place) = (versions, place) }

    /// The engine with one more version of the programme. Running cases keep theirs, or follow, as its `amends` says.
    public func adding(_ programme: Programme) -> ProcedureEngine { ProcedureEngine(versions.adding(programme), place) }

    /// The last version of the programme.
    public var programme: Programme { versions.all[versions.all.count - 1].programme }

    /// Takes a step.
    ///
    /// - Parameters:
    ///   - id: the case; for a step from `start` the id of the new case
    ///   - parent: the parent of a new case
    ///   - related: what is known beyond the family
    /// - Throws: `StepRefused`
    public func take(
        _ step: StepReference, on id: UUID, parent: UUID? = nil, _ input: StepInput = StepInput(), by actor: StepActor, in family: Family,
        related: some RelatedCases = NoRelatedCases(), _ circumstances: Circumstances, ledger: inout some ProcedureLedger
    ) throws(StepRefused) -> Transition {
        var decision = Decision(versions, family, related, circumstances, ledger, place)
        let subject = try decision.subject(step, id, parent, input, actor)
        try decision.mustNotHaveLapsed(subject)
        try decision.take(step, subject, input, actor, cause: nil, depth: 0)
        try decision.takeNeeded()
        ledger = decision.ledger
        return decision.transition
    }

    /// Takes a step because a typed service has answered, "bank.confirmed"; `input` has the fields of the answer.
    public func answer(
        _ answer: String, to id: UUID, _ input: StepInput = StepInput(), in family: Family,
        related: some RelatedCases = NoRelatedCases(), _ circumstances: Circumstances, ledger: inout some ProcedureLedger
    ) throws(StepRefused) -> Transition {
        guard let subject = family[id],
            let procedure = versions.next(of: subject, at: circumstances.now).procedure(subject.procedure),
            let step = procedure.steps.first(where: { $0.cause == .answer(answer) && $0.from.contains(subject.state) })
        else { throw StepRefused([PlatformRule.unknownReference.refusal()]) }
        var decision = Decision(versions, family, related, circumstances, ledger, place)
        try decision.mustNotHaveLapsed(subject)
        try decision.take(StepReference(procedure.id, step.id), subject, input, .platform, cause: step.cause, depth: 0)
        try decision.takeNeeded()
        ledger = decision.ledger
        return decision.transition
    }

    /// Takes the `otherwise` of a step that another host has refused.
    func takeOtherwise(
        _ step: StepReference, on id: UUID, because refusals: [Refusal], in family: Family, related: some RelatedCases,
        _ circumstances: Circumstances, ledger: inout some ProcedureLedger
    ) throws(StepRefused) -> Transition {
        guard let subject = family[id], let otherwise = versions.next(of: subject, at: circumstances.now).step(step)?.otherwise else {
            throw StepRefused(refusals)
        }
        var decision = Decision(versions, family, related, circumstances, ledger, place)
        try decision.take(
            StepReference(step.procedure, otherwise), subject, StepInput(), .platform, cause: .after(step.step), depth: 0,
            insteadOf: refusals)
        try decision.takeNeeded()
        ledger = decision.ledger
        return decision.transition
    }

    /// Takes the lapse of the deadline that is due first. Returns nil if no deadline is due.
    public func lapse(
        _ id: UUID, in family: Family, related: some RelatedCases = NoRelatedCases(), _ circumstances: Circumstances,
        ledger: inout some ProcedureLedger
    ) throws(StepRefused) -> Transition? {
        var decision = Decision(versions, family, related, circumstances, ledger, place)
        guard let subject = family[id], let due = decision.due(subject) else { return nil }
        try decision.lapse(due.rule, subject)
        try decision.takeNeeded()
        ledger = decision.ledger
        return decision.transition
    }

    /// Takes the steps whose needs are met because a case outside the family or a window has changed. Returns nil if there is none.
    public func follow(
        _ family: Family, related: some RelatedCases = NoRelatedCases(), _ circumstances: Circumstances, ledger: inout some ProcedureLedger
    ) throws(StepRefused) -> Transition? {
        var decision = Decision(versions, family, related, circumstances, ledger, place)
        try decision.takeNeeded()
        guard !decision.transition.changes.isEmpty else { return nil }
        ledger = decision.ledger
        return decision.transition
    }

    /// The deadlines that run for a case, with the instants at which they lapse, the earliest first. A deadline whose working days are not
    /// published yet, or that another case holds, is not among them.
    public func running(
        _ subject: ProcedureCase, in family: Family, related: some RelatedCases = NoRelatedCases(), _ circumstances: Circumstances
    ) -> [(rule: DeadlineRule, at: Date)] {
        guard subject.state != Procedure.start else { return [] }
        let decision = Decision(versions, family, related, circumstances, NoLedger())
        return decision.running(subject).sorted { $0.at < $1.at }
    }

    /// The facts that rules may ask about a case.
    public func known(
        about subject: ProcedureCase, in family: Family, related: some RelatedCases = NoRelatedCases(), _ circumstances: Circumstances
    ) -> Facts {
        Decision(versions, family, related, circumstances, NoLedger()).known(about: subject)
    }

    /// The opening and closing instants of the windows that steps wait for, in order.
    public func windowInstants(_ announcements: Announcements) -> [Date] {
        let needs = programme.procedures.flatMap(\.steps).flatMap { step -> [WindowNeed] in
            guard case .needs(_, let windows)? = step.cause else { return [] }
            return windows
        }
        return Set(
            needs.compactMap { need in
                programme.span(ofWindow: need.window, announcements).flatMap { need.isOpen ? $0.opens : $0.closes }
            }
        ).sorted()
    }
}

/// A ledger for questions that change nothing.
private struct NoLedger: ProcedureLedger {
    func apply(
        _ change: Transition.LedgerChange, of holder: ProcedureCase, known: Facts, at now: Date, under programme: Programme,
        limits latest: Programme
    ) {}
    func hasReservations(of id: UUID) -> Bool { false }
}

extension ProcedureEngine {
    /// Whether an actor may see a case.
    public func isVisible(_ subject: ProcedureCase, to actor: StepActor) -> Bool {
        Decision(versions, Family([subject]), NoRelatedCases(), Circumstances(now: .distantPast), NoLedger()).isVisible(subject, to: actor)
    }

    /// The steps that an actor may take on a case now, as far as can be said without what is handed in with them: its state, the actor's role
    /// and party, the window, the needs, and separated persons.
    public func steps(
        _ subject: ProcedureCase, for actor: StepActor, in family: Family, related: some RelatedCases = NoRelatedCases(),
        _ circumstances: Circumstances
    ) -> [Step] {
        var decision = Decision(versions, family, related, circumstances, NoLedger())
        guard decision.isVisible(subject, to: actor) else { return [] }
        let next = versions.next(of: subject, at: circumstances.now)
        decision.use(next)
        let subject = subject.programmeVersion == next.programme.version ? subject : subject.adopted(by: next)
        return (next.procedure(subject.procedure)?.steps ?? []).filter { step in
            let reference = StepReference(subject.procedure, step.id)
            if let window = step.window, programme.refusal(outside: window, at: circumstances.now, circumstances.announcements) != nil {
                return false
            }
            do throws(StepRefused) {
                let step = try decision.permitted(reference, subject, StepInput(), actor, nil)
                try decision.mustBeReady(step, subject, StepInput(reason: "-"), actor)
                return true
            } catch {
                return false
            }
        }
    }
}
