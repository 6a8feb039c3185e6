import Foundation
import Kernel
import Programme

extension Decision {
    /// The step, if it leads from the case's state, the actor may take it, and the actor saw the present version.
    func permitted(
        _ reference: StepReference, _ subject: ProcedureCase, _ input: StepInput, _ actor: StepActor, _ cause: StepCause?
    ) throws(StepRefused) -> Step {
        guard let step = compiled.step(reference) else { throw StepRefused([PlatformRule.unknownReference.refusal()]) }
        guard step.from.contains(subject.state) else {
            throw refused(step, .stateDoesNotAllow) {
                $0.comparing("state", subject.state, .code).comparing("expected", step.from.sorted().joined(separator: ","), .code)
            }
        }
        // The platform takes a step for its one cause, or as another's `otherwise`; a person takes no caused step.
        let isPermitted = actor == .platform ? cause != nil : step.cause == nil && mayTake(step, of: subject, actor)
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

    /// The case with the fields, papers, judgements and excuses of a step, and with what the step's capabilities give. Checks forms, papers
    /// and rules, and throws all their refusals together; then the capabilities that follow the rules.
    func handIn(
        _ reference: StepReference, _ step: Step, _ subject: ProcedureCase, _ input: StepInput, _ actor: StepActor, _ above: Facts
    ) throws(StepRefused) -> ProcedureCase {
        guard let parts = compiled.steps[reference] else { throw StepRefused([PlatformRule.unknownReference.refusal()]) }
        let declared = parts.declared
        let unknown = input.fields.values.keys.filter { !declared.contains($0) }.map(\.description)
        var refusals = (unknown + unaskedJudgements(parts.rules, input)).sorted().map {
            PlatformRule.malformedMessage.refusal().comparing("unknown", $0, .code)
        }
        refusals += forbiddenExcuses(reference, input, actor)
        var handedIn = subject
        if subject.state == Procedure.start { keep(&handedIn, above) }
        // A form replaces what it said before, also in the fields that are left out now.
        for field in declared { handedIn.record[field] = nil }
        handedIn.record = handedIn.record.merging(input.fields)
        for (rule, answer) in input.judgements { handedIn.record[.judgement(rule)] = .flag(answer) }
        for (rule, reason) in input.excuses { handedIn.record[.excuse(rule)] = .text(reason) }
        handedIn.file(input.papers, of: parts.documents)
        func call() -> CapabilityCall {
            CapabilityCall(
                programme: programme, reference: reference, step: step, subject: handedIn, above: above, papers: input.papers,
                related: related, circumstances: circumstances)
        }
        do throws(Refusal) {
            for capability in step.uses where capability.precedesRules { handedIn.add(try call().result(of: capability)) }
        } catch {
            refusals.append(error)
        }
        // Sums and counts over several cases include this case with its new papers.
        let known = known(about: handedIn, above.merging(collected(about: handedIn)))
        for form in parts.forms { refusals += programme.refusals(of: form, known) }
        refusals += programme.refusals(of: input.papers, at: reference, known)
        refusals += programme.missing(
            of: parts.documents, counts: input.papers.reduce(into: [:]) { $0[$1.document, default: 0] += 1 }, known, circumstances)
        refusals += programme.refusals(by: parts.rules, known, circumstances)
        if !refusals.isEmpty { throw StepRefused(refusals) }
        do throws(Refusal) {
            for capability in step.uses where !capability.precedesRules { handedIn.add(try call().result(of: capability)) }
        } catch {
            throw StepRefused([error])
        }
        return handedIn
    }

    /// Copies the fields that a case keeps from its start.
    private func keep(_ subject: inout ProcedureCase, _ above: Facts) {
        guard let kept = compiled.procedure(subject.procedure)?.keeps else { return }
        for (own, source) in kept { subject.record[own] = above[source] }
    }

    /// The judgements and excuses of rules that this step does not have.
    private func unaskedJudgements(_ rules: [Rule], _ input: StepInput) -> [String] {
        guard !input.judgements.isEmpty || !input.excuses.isEmpty else { return [] }
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
        let others = others(need.procedure, of: subject)
        func meets(_ other: ProcedureCase) -> Bool {
            switch need.tense {
            case .present: return need.states.contains(other.state)
            case .reached(let since):
                return need.states.contains { state in
                    guard let entry = other.entered(state) else { return false }
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

    /// The other cases of a procedure that a need looks at: those of the family, or the one that the case refers to, or those of its parties.
    private func others(_ procedure: String, of subject: ProcedureCase) -> [ProcedureCase] {
        if let referred = subject.refers[procedure] { return related.subject(referred).map { [$0] } ?? [] }
        guard !compiled.areRelatives(procedure, subject.procedure) else {
            return transition.family.cases(of: procedure).filter { $0.id != subject.id }
        }
        let parties = shared(procedure, subject)
        return parties.isEmpty ? [] : related.cases(of: procedure, parties: parties, refers: [:])
    }

    private func refused(_ step: Step, _ rule: PlatformRule, _ detail: (Refusal) -> Refusal) -> StepRefused {
        StepRefused([detail(step.citation.clauses.reduce(rule.refusal()) { $0.under($1) })])
    }
}
