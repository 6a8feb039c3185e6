import Foundation
import Kernel
import Programme

/// The working state of one decision.
struct Decision<Ledger: ProcedureLedger>: Sendable {
    /// At most this many steps are caused by one step of a case.
    static var causedAtMost: Int { 8 }
    /// Steps cause steps at most this deep.
    static var depthAtMost: Int { 16 }

    let versions: ProgrammeVersions
    /// The version under which the present step is decided.
    private(set) var compiled: CompiledProgramme
    let related: any RelatedCases
    let circumstances: Circumstances
    /// The host for which the decision is made; nil where one host keeps everything.
    let place: HostPlace?
    var ledger: Ledger
    var transition: Transition
    /// The facts of the step that links another, for the amounts of the linked step.
    var origin = Facts()

    init(
        _ versions: ProgrammeVersions, _ family: Family, _ related: any RelatedCases, _ circumstances: Circumstances, _ ledger: Ledger,
        _ place: HostPlace? = nil
    ) {
        (self.versions, self.related, self.circumstances, self.ledger) = (versions, related, circumstances, ledger)
        compiled = versions.latest(at: circumstances.now)
        self.place = place
        transition = Transition(family)
    }

    /// Decides under a version from now on.
    mutating func use(_ compiled: CompiledProgramme) { self.compiled = compiled }

    var programme: Programme { _read { yield compiled.programme } }

    /// The case of a step: an existing one, or a new one for a step from `start`. An unknown case and one that the actor may not see give the
    /// same refusal.
    func subject(
        _ step: StepReference, _ id: UUID, _ parent: UUID?, _ input: StepInput, _ actor: StepActor
    ) throws(StepRefused) -> ProcedureCase {
        let unknown = StepRefused([PlatformRule.unknownReference.refusal()])
        guard let procedure = compiled.procedure(step.procedure) else { throw unknown }
        if let known = transition.family[id] {
            guard known.procedure == procedure.id, isVisible(known, to: actor) else { throw unknown }
            return known
        }
        var above: ProcedureCase?
        if let of = procedure.of {
            guard let parent, let found = transition.family[parent], found.procedure == of, isVisible(found, to: actor) else {
                throw unknown
            }
            if let most = procedure.mostPerParent, transition.family.cases(of: procedure.id).count(where: { $0.parent == parent }) >= most {
                throw StepRefused([
                    (procedure.step(step.step)?.citation ?? Citation([])).refusal(of: .stateDoesNotAllow)
                        .comparing("limit", most, .count)
                ])
            }
            above = found
        }
        // A party that has a role is taken from the actor and from related cases. The input cannot name it.
        var parties = input.parties.filter { party in !programme.roles.contains { $0.id == party.key } }
        if let role = procedure.step(step.step)?.by.first(where: actor.roles.contains) { parties[role] = actor.organisation }
        return try begin(procedure, id, above, parties, input.refers)
    }

    /// A new case. It refers to one case of each procedure that the file names, and has their parties besides its own.
    func begin(
        _ procedure: Procedure, _ id: UUID, _ parent: ProcedureCase?, _ parties: [String: UUID], _ refers: [String: UUID]
    ) throws(StepRefused) -> ProcedureCase {
        var parties = parties
        for name in procedure.refers where parent?.refers[name] == nil {
            guard let other = refers[name].flatMap({ related.subject($0) }), other.procedure == name else {
                throw StepRefused([PlatformRule.unknownReference.refusal().comparing("missing", name, .code)])
            }
            parties.merge(other.parties) { own, _ in own }
        }
        return ProcedureCase(
            id: id, procedure: procedure.id, parent: parent, parties: parties, refers: refers.filter { procedure.refers.contains($0.key) },
            programmeVersion: versions.latest(at: circumstances.now).programme.version)
    }

    /// Checks and takes a step, with everything that it causes.
    mutating func take(
        _ reference: StepReference, _ subject: ProcedureCase, _ input: StepInput, _ actor: StepActor, cause: StepCause?, depth: Int,
        insteadOf earlier: [Refusal] = []
    ) throws(StepRefused) {
        let outer = compiled
        compiled = versions.next(of: subject, at: circumstances.now)
        defer { compiled = outer }
        let subject = subject.programmeVersion == compiled.programme.version ? subject : subject.adopted(by: compiled)
        let step = try permitted(reference, subject, input, actor, cause)
        guard depth < Self.depthAtMost else { throw StepRefused([PlatformRule.stateDoesNotAllow.refusal()]) }
        let closed = step.window.flatMap {
            programme.refusal(outside: $0, at: circumstances.now, circumstances.announcements)
        }
        if closed == nil { try mustBeReady(step, subject, input, actor) }
        let before = self
        do throws(StepRefused) {
            if let closed { throw StepRefused([closed]) }
            let above = above(subject)
            let handedIn = try handIn(reference, step, subject, input, actor, above)
            try apply(reference, step, from: subject, handedIn, actor, above, depth, earlier)
        } catch {
            self = before
            compiled = versions.next(of: subject, at: circumstances.now)
            guard let otherwise = step.otherwise, error.lapsed == nil else { throw error }
            // The input belongs to the step that is refused.
            try take(
                StepReference(reference.procedure, otherwise), subject, StepInput(reason: input.reason), .platform,
                cause: .after(step.id), depth: depth + 1, insteadOf: error.refusals)
        }
    }

    /// Changes the case, then the ledger, then takes linked steps and steps caused by this one, in the order of the file.
    private mutating func apply(
        _ reference: StepReference, _ step: Step, from subject: ProcedureCase, _ handedIn: ProcedureCase, _ actor: StepActor,
        _ above: Facts,
        _ depth: Int, _ earlier: [Refusal]
    ) throws(StepRefused) {
        var changed = handedIn
        changed.enter(step.to ?? subject.state, at: circumstances.now)
        changed.taken[step.id] = ProcedureCase.Taking(version: changed.version, at: circumstances.now, person: actor.person)
        if compiled.procedures[subject.procedure]?.statesWithoutHoldings.contains(changed.state) ?? false { changed.freeNumbers() }
        transition.family.put(changed)
        transition.changes.append(
            Transition.Change(
                id: changed.id, reference: reference, isLapse: false, from: subject.state, to: changed.state, insteadOf: earlier))
        let known = known(about: changed, above)
        for (rule, holds) in programme.preferences(among: compiled.steps[reference]?.rules ?? [], known, circumstances) {
            transition.preferences[rule.id] = holds
        }
        for field in step.publishes.compactMap({ FieldName($0) }) { transition.published[field] = known[field] }
        try post(step.ledger, reference, changed, known)
        if let each = step.each { transition.groups.append(plan(each, reference, changed)) }
        try takeLinked(step.also, reference, changed, known, depth)
        try takeFollowing(reference, changed.id, depth)
    }

    /// Lapses a deadline.
    mutating func lapse(_ rule: DeadlineRule, _ subject: ProcedureCase) throws(StepRefused) {
        let outer = compiled
        compiled = versions.version(subject.programmeVersion)
        defer { compiled = outer }
        let reference = StepReference(subject.procedure, rule.id)
        var changed = subject
        changed.enter(rule.lapse.to, at: circumstances.now)
        if compiled.procedures[subject.procedure]?.statesWithoutHoldings.contains(changed.state) ?? false { changed.freeNumbers() }
        transition.family.put(changed)
        transition.changes.append(
            Transition.Change(
                id: changed.id, reference: reference, isLapse: true, from: subject.state, to: changed.state, insteadOf: []))
        let known = known(about: changed)
        try post(rule.lapse.ledger, reference, changed, known)
        try takeLinked(rule.lapse.also, reference, changed, known, 0)
    }
}

extension ProcedureCase {
    /// The numbers of invoices and receipts may serve other cases; files may not.
    mutating func freeNumbers() { uniqueKeys = uniqueKeys.filter { $0.hasPrefix("file:") } }

    /// Enters a state; the version grows also where the state stays.
    mutating func enter(_ state: String, at instant: Date) {
        version += 1
        if state != self.state { visits.append(Visit(state: state, version: version, at: instant)) }
        self.state = state
    }
}
