import Foundation
import Kernel
import Programme

extension Decision {
    /// The deadline of a case that has lapsed first.
    func due(_ subject: ProcedureCase) -> (rule: DeadlineRule, at: Date)? {
        programme.deadlines(
            of: subject.procedure, in: subject.state, taken: subject.instants, calendar: circumstances.calendar,
            announcements: circumstances.announcements
        ).compactMap { running in running.deadline.instant.map { (rule: running.rule, at: $0) } }
            .filter { $0.at <= circumstances.now }.min { $0.at < $1.at }
    }

    /// Throws the refusal of a lapsed deadline, whichever timer has fired.
    func mustNotHaveLapsed(_ subject: ProcedureCase) throws(StepRefused) {
        guard let due = due(subject) else { return }
        throw StepRefused(
            [due.rule.refusal(due: due.at, at: circumstances.now)], lapsed: StepReference(subject.procedure, due.rule.id))
    }

    /// The step, if it leads from the case's state, the actor may take it, and the actor saw the present version.
    func permitted(
        _ reference: StepReference, _ subject: ProcedureCase, _ input: StepInput, _ actor: StepActor, _ cause: StepCause?
    ) throws(StepRefused) -> Step {
        guard let step = programme.step(reference) else { throw StepRefused([PlatformRule.unknownReference.refusal()]) }
        guard step.from.contains(subject.state) else {
            throw refused(step, .stateDoesNotAllow) {
                $0.comparing("state", subject.state, .code).comparing("expected", step.from.sorted().joined(separator: ","), .code)
            }
        }
        // The platform takes a step for its one cause, or as another's `otherwise`; a person takes no caused step.
        let isPermitted = actor == .platform ? cause != nil : step.cause == nil && subject.mayTake(step, actor)
        guard isPermitted else {
            throw refused(step, .notPermitted) { $0.comparing("expected", step.by.sorted().joined(separator: ","), .code) }
        }
        if let seen = input.versionSeen, seen != subject.version {
            throw refused(step, .stateDoesNotAllow) { $0.comparing("seen", seen, .count).comparing("version", subject.version, .count) }
        }
        return step
    }

    /// Checks that the needs of a step are met, no person takes both of two separated steps, and a needed reason is given.
    func mustBeReady(_ step: Step, _ subject: ProcedureCase, _ input: StepInput, _ actor: StepActor) throws(StepRefused) {
        for need in step.needs where !isMet(need, for: subject) {
            throw refused(step, .stateDoesNotAllow) {
                $0.comparing("procedure", need.procedure, .code).comparing("expected", need.states.joined(separator: ","), .code)
            }
        }
        if let other = step.notBySameAs, let person = actor.person, subject.taken[other]?.person == person {
            throw refused(step, .notPermitted) { $0.comparing("notBySameAs", other, .code) }
        }
        if step.needsReason, input.reason?.contains(where: { !$0.isWhitespace }) != true {
            throw refused(step, .malformedMessage) { $0.comparing("missing", "reason", .code) }
        }
    }

    /// The case with the fields, papers, judgements and excuses of a step. Checks forms, papers and rules, and throws all their refusals
    /// together.
    func handIn(
        _ reference: StepReference, _ step: Step, _ subject: ProcedureCase, _ input: StepInput, _ actor: StepActor
    ) throws(StepRefused) -> ProcedureCase {
        let forms = programme.forms.filter { $0.steps.contains(reference) }
        let declared = Set(forms.flatMap { form in form.fields.map { FieldName(form.record, $0.id) } })
        let unknown = input.fields.values.keys.filter { !declared.contains($0) }.map(\.description)
        var refusals = (unknown + unaskedJudgements(reference, input)).sorted().map {
            PlatformRule.malformedMessage.refusal().comparing("unknown", $0, .code)
        }
        refusals += forbiddenExcuses(reference, input, actor)
        var handedIn = subject
        handedIn.record = subject.record.merging(input.fields)
        for (rule, answer) in input.judgements { handedIn.record[.judgement(rule)] = .flag(answer) }
        for (rule, reason) in input.excuses { handedIn.record[.excuse(rule)] = .text(reason) }
        handedIn.papers.merge(input.papers) { $0 + $1 }
        let known = known(about: handedIn)
        for form in forms { refusals += programme.refusals(of: form, known) }
        refusals += programme.missingDocuments(at: reference, counts: handedIn.papers, known, circumstances)
        refusals += programme.refusals(at: reference, known, circumstances)
        if !refusals.isEmpty { throw StepRefused(refusals) }
        return handedIn
    }

    /// The judgements and excuses of rules that this step does not have.
    private func unaskedJudgements(_ reference: StepReference, _ input: StepInput) -> [String] {
        let rules = programme.rules.filter { $0.steps.contains(reference) }
        let judged = Set(rules.filter { if case .judged = $0.condition { true } else { false } }.map(\.id))
        return input.judgements.keys.filter { !judged.contains($0) }.map { "judgement.\($0)" }
            + input.excuses.keys.filter { rule in !rules.contains { $0.id == rule } }.map { "excuse.\($0)" }
    }

    /// The excuses that the actor may not record, or that have no reason.
    private func forbiddenExcuses(_ reference: StepReference, _ input: StepInput, _ actor: StepActor) -> [Refusal] {
        input.excuses.sorted { $0.key < $1.key }.compactMap { id, reason in
            guard let rule = programme.rule(id), rule.steps.contains(reference) else { return nil }
            func refusal(_ platform: PlatformRule) -> Refusal { rule.citation.clauses.reduce(platform.refusal()) { $0.under($1) } }
            if actor.roles.isDisjoint(with: rule.excusableBy) {
                return refusal(.notPermitted).comparing("excuse", id, .code)
                    .comparing("expected", rule.excusableBy.sorted().joined(separator: ","), .code)
            }
            return reason.contains { !$0.isWhitespace } ? nil : refusal(.malformedMessage).comparing("missing", "excuse.\(id)", .code)
        }
    }

    /// Whether a need of a case is met by the other cases of its family.
    func isMet(_ need: ProcedureNeed, for subject: ProcedureCase) -> Bool {
        let others = transition.family.cases(of: need.procedure).filter { $0.id != subject.id }
        func meets(_ other: ProcedureCase) -> Bool {
            switch need.tense {
            case .present: return need.states.contains(other.state)
            case .reached(let since):
                return need.states.contains { state in
                    guard let entry = other.entered[state] else { return false }
                    guard let since else { return true }
                    // Cases of other hosts have no common order but their instants, so an equal instant counts as later.
                    return subject.taken[since].map { entry.at >= $0.at } ?? true
                }
            }
        }
        switch need.quantity {
        case .one: return others.isEmpty ? need.tense == .present && need.states.contains(Procedure.start) : others.contains(where: meets)
        case .every(let least): return others.count >= least && others.allSatisfy(meets)
        case .none: return !others.contains(where: meets)
        }
    }

    private func refused(_ step: Step, _ rule: PlatformRule, _ detail: (Refusal) -> Refusal) -> StepRefused {
        StepRefused([detail(step.citation.clauses.reduce(rule.refusal()) { $0.under($1) })])
    }
}

extension ProcedureCase {
    /// Whether one of the actor's roles may take the step, and the actor is the party where that role is one.
    func mayTake(_ step: Step, _ actor: StepActor) -> Bool {
        step.by.contains { role in
            actor.roles.contains(role) && (parties[role].map { $0 == actor.organisation } ?? true)
        }
    }
}
