import Foundation
import Kernel
import Programme

/// The working state of one decision.
struct Decision<Ledger: ProcedureLedger>: Sendable {
    /// At most this many steps are caused by one step of a case.
    static var causedAtMost: Int { 8 }
    /// Steps cause steps at most this deep.
    static var depthAtMost: Int { 16 }

    let programme: Programme
    let facts: Facts
    let circumstances: Circumstances
    private(set) var ledger: Ledger
    private(set) var transition: Transition

    init(_ programme: Programme, _ family: Family, _ facts: Facts, _ circumstances: Circumstances, _ ledger: Ledger) {
        (self.programme, self.facts, self.circumstances, self.ledger) = (programme, facts, circumstances, ledger)
        transition = Transition(family)
    }

    /// The case of a step: an existing one, or a new one for a step from `start`. An unknown case and one that the actor may not see give the
    /// same refusal.
    func subject(
        _ step: StepReference, _ id: UUID, _ parent: UUID?, _ input: StepInput, _ actor: StepActor
    ) throws(StepRefused) -> ProcedureCase {
        let unknown = StepRefused([PlatformRule.unknownReference.refusal()])
        guard let procedure = programme.procedure(step.procedure) else { throw unknown }
        if let known = transition.family[id] {
            guard known.procedure == procedure.id, known.isVisible(to: actor) else { throw unknown }
            return known
        }
        var above: ProcedureCase?
        if let of = procedure.of {
            guard let parent, let found = transition.family[parent], found.procedure == of, found.isVisible(to: actor) else {
                throw unknown
            }
            above = found
        }
        var parties = input.parties
        if let role = procedure.step(step.step)?.by.first(where: actor.roles.contains), parties[role] == nil {
            parties[role] = actor.organisation
        }
        return ProcedureCase(id: id, procedure: procedure.id, parent: above, parties: parties)
    }

    /// Checks and takes a step, with everything that it causes.
    mutating func take(
        _ reference: StepReference, _ subject: ProcedureCase, _ input: StepInput, _ actor: StepActor, cause: StepCause?, depth: Int,
        insteadOf earlier: [Refusal] = []
    ) throws(StepRefused) {
        let step = try permitted(reference, subject, input, actor, cause)
        guard depth < Self.depthAtMost else { throw StepRefused([PlatformRule.stateDoesNotAllow.refusal()]) }
        let closed = step.window.flatMap {
            programme.refusal(outside: $0, at: circumstances.now, circumstances.announcements)
        }
        if closed == nil { try mustBeReady(step, subject, input, actor) }
        let before = self
        do throws(StepRefused) {
            if let closed { throw StepRefused([closed]) }
            let handedIn = try handIn(reference, step, subject, input, actor)
            try apply(reference, step, from: subject, handedIn, actor, depth, earlier)
        } catch {
            self = before
            guard let otherwise = step.otherwise, error.lapsed == nil else { throw error }
            // The input belongs to the step that is refused.
            try take(
                StepReference(reference.procedure, otherwise), subject, StepInput(reason: input.reason), .platform,
                cause: .after(step.id), depth: depth + 1, insteadOf: error.refusals)
        }
    }

    /// Changes the case, then the ledger, then takes linked steps and steps caused by this one, in the order of the file.
    private mutating func apply(
        _ reference: StepReference, _ step: Step, from subject: ProcedureCase, _ handedIn: ProcedureCase, _ actor: StepActor, _ depth: Int,
        _ earlier: [Refusal]
    ) throws(StepRefused) {
        var changed = handedIn
        changed.enter(step.to ?? subject.state, at: circumstances.now)
        changed.taken[step.id] = ProcedureCase.Taking(version: changed.version, at: circumstances.now, person: actor.person)
        transition.family.put(changed)
        transition.changes.append(
            Transition.Change(
                id: changed.id, reference: reference, isLapse: false, from: subject.state, to: changed.state, insteadOf: earlier))
        let known = known(about: changed)
        for (rule, holds) in programme.preferences(at: reference, known, circumstances) { transition.preferences[rule.id] = holds }
        for field in step.publishes.compactMap({ FieldName($0) }) { transition.published[field] = known[field] }
        try post(step.ledger, reference, changed)
        try takeLinked(step.also, reference, changed, depth)
        try takeFollowing(reference, changed.id, depth)
    }

    /// Lapses a deadline.
    mutating func lapse(_ rule: DeadlineRule, _ subject: ProcedureCase) throws(StepRefused) {
        let reference = StepReference(subject.procedure, rule.id)
        var changed = subject
        changed.enter(rule.lapse.to, at: circumstances.now)
        transition.family.put(changed)
        transition.changes.append(
            Transition.Change(
                id: changed.id, reference: reference, isLapse: true, from: subject.state, to: changed.state, insteadOf: []))
        try post(rule.lapse.ledger, reference, changed)
    }

    private mutating func post(_ effects: [LedgerEffect], _ reference: StepReference, _ subject: ProcedureCase) throws(StepRefused) {
        for effect in effects {
            let change = Transition.LedgerChange(id: subject.id, effect: effect, reference: reference)
            do throws(Refusal) { try ledger.apply(change, of: subject, under: programme) } catch { throw StepRefused([error]) }
            transition.ledger.append(change)
        }
    }

    /// The facts about a case: registers, the records of its ancestors, and its own.
    func known(about subject: ProcedureCase) -> Facts {
        var chain = [subject.record]
        var next = subject.parent
        while let id = next, let above = transition.family[id] {
            chain.append(above.record)
            next = above.parent
        }
        return chain.reversed().reduce(facts) { $0.merging($1) }
    }
}

extension ProcedureCase {
    /// Whether the actor may see the case: officers see all, a party sees its own.
    func isVisible(to actor: StepActor) -> Bool {
        if actor == .platform { return true }
        let partyRoles = actor.roles.filter { parties[$0] != nil }
        return partyRoles.isEmpty ? !actor.roles.isEmpty : partyRoles.contains { parties[$0] == actor.organisation }
    }

    /// Enters a state; the version grows also where the state stays.
    mutating func enter(_ state: String, at instant: Date) {
        version += 1
        if state != self.state { entered[state] = Entry(version: version, at: instant) }
        self.state = state
    }
}
