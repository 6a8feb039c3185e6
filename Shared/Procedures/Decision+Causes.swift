import Foundation
import Kernel
import Programme

/// A step that a case may take because its needs are met.
private struct Needed: Hashable {
    let step: StepReference
    let id: UUID
}

extension Decision {
    /// Takes the steps that a step links in the procedures of its ancestors. Each is taken or refused with this one.
    mutating func takeLinked(
        _ links: [StepReference], _ origin: StepReference, _ subject: ProcedureCase, _ known: Facts, _ depth: Int
    ) throws(StepRefused) {
        let before = self.origin
        defer { self.origin = before }
        self.origin = known
        for link in links {
            if !isOwn(link.procedure), let owner = compiled.procedure(link.procedure)?.owner {
                ask(owner, .step(link, origin: origin), for: subject, known)
                continue
            }
            guard let linked = ancestor(of: subject, in: link.procedure) else {
                throw StepRefused([PlatformRule.unknownReference.refusal()])
            }
            try mustNotHaveLapsed(linked)
            try take(link, linked, StepInput(), .platform, cause: .also(origin), depth: depth + 1)
        }
    }

    /// Takes a step of an ancestor for a case of another host.
    mutating func takeAsked(_ link: StepReference, _ origin: StepReference, _ ask: Ask) throws(StepRefused) {
        let asker = transition.family[ask.asker]
        let linked = asker.flatMap { ancestor(of: $0, in: link.procedure) } ?? transition.family.cases(of: link.procedure).last
        guard let linked else { throw StepRefused([PlatformRule.unknownReference.refusal()]) }
        try mustNotHaveLapsed(linked)
        try take(link, linked, StepInput(), .platform, cause: .also(origin), depth: 1)
    }

    /// Takes the steps of the same case that this one causes with `after`, in the order of the file.
    mutating func takeFollowing(_ origin: StepReference, _ id: UUID, _ depth: Int) throws(StepRefused) {
        let following = compiled.steps[origin]?.following ?? []
        for step in following.prefix(Self.causedAtMost) {
            guard let subject = transition.family[id], step.from.contains(subject.state) else { continue }
            try take(
                StepReference(origin.procedure, step.id), subject, StepInput(), .platform, cause: step.cause, depth: depth + 1)
        }
    }

    /// Takes the steps whose needs are now met, until there is none. A step from `start` begins one case for each parent. A needed step that
    /// is refused and has no `otherwise` does not undo what made its needs true: it is left.
    mutating func takeNeeded() throws(StepRefused) {
        var refused: Set<Needed> = []
        for _ in 0..<Self.depthAtMost {
            guard let (step, subject) = nextNeeded(refused) else { return }
            do throws(StepRefused) {
                let cause = versions.next(of: subject, at: circumstances.now).step(step)?.cause
                try take(step, subject, StepInput(), .platform, cause: cause, depth: 0)
            } catch {
                refused.insert(Needed(step: step, id: subject.id))
            }
        }
        throw StepRefused([PlatformRule.stateDoesNotAllow.refusal()])
    }

    private func nextNeeded(_ refused: Set<Needed>) -> (StepReference, ProcedureCase)? {
        for compiled in versions.all {
            if let found = nextNeeded(compiled, refused) { return found }
        }
        return nil
    }

    /// The same of the cases whose next step is under a version.
    private func nextNeeded(_ compiled: CompiledProgramme, _ refused: Set<Needed>) -> (StepReference, ProcedureCase)? {
        for entry in compiled.needed where isOwn(entry.procedure.id) && entry.windows.allSatisfy(isMet) {
            for subject in candidates(entry.procedure, entry.step, compiled) where entry.needs.allSatisfy({ isMet($0, for: subject) }) {
                // A case with a lapsed deadline takes its lapse first.
                guard !refused.contains(Needed(step: entry.reference, id: subject.id)), due(subject) == nil else { continue }
                return (entry.reference, subject)
            }
        }
        return nil
    }

    private func isMet(_ need: WindowNeed) -> Bool {
        guard let span = programme.span(ofWindow: need.window, circumstances.announcements) else { return false }
        return need.isOpen ? span.isOpen(at: circumstances.now) : span.closes.map { circumstances.now >= $0 } ?? false
    }

    /// The cases that may take a needed step: those in one of its states, and a new one for each parent that has none yet.
    private func candidates(_ procedure: Procedure, _ step: Step, _ compiled: CompiledProgramme) -> [ProcedureCase] {
        let isOfFamily = transition.family.cases.contains { $0.procedure == procedure.id || $0.procedure == procedure.of }
        guard isOfFamily else { return [] }
        let existing = transition.family.cases(of: procedure.id)
        var found = existing.filter { subject in
            let next = versions.next(of: subject, at: circumstances.now)
            guard next === compiled else { return false }
            return step.from.contains(subject.programmeVersion == next.programme.version ? subject.state : subject.adopted(by: next).state)
        }
        guard step.from.contains(Procedure.start), let of = procedure.of, versions.latest(at: circumstances.now) === compiled else {
            return found
        }
        for parent in transition.family.cases(of: of) where !existing.contains(where: { $0.parent == parent.id }) {
            // The id follows from the parent, so that the same decision made twice begins the same case.
            let id = UUIDv5.make(namespace: parent.id, parts: [procedure.id])
            if let new = try? begin(procedure, id, parent, [:], [:]) { found.append(new) }
        }
        return found
    }

    private func ancestor(of subject: ProcedureCase, in procedure: String) -> ProcedureCase? {
        var next = subject.parent
        while let id = next, let above = transition.family[id] {
            if above.procedure == procedure { return above }
            next = above.parent
        }
        return nil
    }
}
