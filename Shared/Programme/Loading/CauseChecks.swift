import Kernel

/// Checks of the steps that the platform takes.
extension Programme {
    func checkCauses(_ log: FaultLog) {
        for procedure in procedures {
            for step in procedure.steps { check(step, of: procedure, log) }
            for deadline in procedure.deadlines {
                for link in deadline.lapse.also {
                    check(link, from: StepReference(procedure.id, deadline.id), in: procedure, deadline.citation.place, log)
                }
            }
            checkCycles(of: procedure, log)
        }
        checkLinkCycles(log)
    }

    private func check(_ step: Step, of procedure: Procedure, _ log: FaultLog) {
        let reference = StepReference(procedure.id, step.id)
        let place = step.citation.place
        if let cause = step.cause {
            if !step.by.allSatisfy({ $0 == "platform" }) {
                log.error(
                    place, "the step \(reference) has a cause and is for \(step.by.joined(separator: ", ")) too", "Remove `by:` or `cause:`"
                )
            }
            if step.to.map(step.from.contains) ?? true {
                log.error(
                    place, "the caused step \(reference) can stay in its state, where it would be taken again",
                    "Let it lead to another state")
            }
            if case .also(let other) = cause, !links(of: other).contains(reference) {
                log.error(
                    place, "the step \(reference) is to be taken with \(other), which does not name it under `also`",
                    "Write `also: [\(reference)]` at \(other), or another cause")
            }
        }
        for link in step.also { check(link, from: reference, in: procedure, place, log) }
        if case .each(let group)? = step.cause, self.step(group)?.each.map({ $0.of == procedure.id && $0.steps.contains(step.id) }) != true
        {
            log.error(
                place, "the step \(reference) is to be taken by members of \(group), which does not name it",
                "Name it under `take` or `refusedBy` there, or write another cause")
        }
        checkOtherwise(step, of: procedure, log)
    }

    /// The links of a step or of a lapse.
    private func links(of reference: StepReference) -> [StepReference] {
        step(reference)?.also ?? deadline(reference)?.lapse.also ?? []
    }

    private func check(
        _ link: StepReference, from reference: StepReference, in procedure: Procedure, _ place: SourcePlace, _ log: FaultLog
    ) {
        if link.procedure == procedure.id || self.step(link) == nil {
            log.error(
                place, "the step \(reference) names \(link) under `also`, which is no step of another procedure",
                "Name a step of another procedure")
        } else if self.step(link)?.cause != .also(reference) {
            log.error(
                place, "the step \(reference) takes \(link) too, whose cause it is not",
                "Write `cause: {also: \(reference)}` at \(link)")
        }
    }

    /// A step's `otherwise` leads from every state of the step, is the platform's, and has no cause of its own.
    private func checkOtherwise(_ step: Step, of procedure: Procedure, _ log: FaultLog) {
        guard let name = step.otherwise, let other = procedure.step(name) else { return }
        let reference = StepReference(procedure.id, step.id)
        let missing = step.from.filter { !other.from.contains($0) }
        if !missing.isEmpty {
            log.error(
                step.citation.place,
                "\(procedure.id).\(name) is taken where \(reference) is refused, but it does not lead from \(missing.joined(separator: ", "))",
                "Add the states to its `from:`")
        }
        if other.cause != nil || other.by != ["platform"] {
            log.error(
                other.citation.place, "\(procedure.id).\(name) is taken in place of \(reference), and by its own cause or by people",
                "Write `by: [platform]` and no cause, or name another step")
        }
    }

    /// Steps that cause each other by `after` would never end.
    private func checkCycles(of procedure: Procedure, _ log: FaultLog) {
        for step in procedure.steps {
            var (seen, next) = (Set<String>(), [step.id])
            while let origin = next.popLast() {
                for following in procedure.steps where following.cause == .after(origin) && seen.insert(following.id).inserted {
                    next.append(following.id)
                }
            }
            if seen.contains(step.id) {
                log.error(
                    step.citation.place, "the step \(procedure.id).\(step.id) causes itself",
                    "Let a person or a deadline begin one of the steps")
            }
        }
    }

    /// Links lead from child to parent, so they cannot form a ring; two procedures that are each other's parent could.
    private func checkLinkCycles(_ log: FaultLog) {
        for procedure in procedures {
            var (seen, above) = (Set<String>(), procedure.of)
            while let name = above, seen.insert(name).inserted { above = self.procedure(name)?.of }
            if seen.contains(procedure.id) {
                let place = procedure.states.first?.place ?? citation.place
                log.error(place, "the procedure \(procedure.id) is its own ancestor", "Remove one `of:`")
            }
            for step in procedure.steps {
                for link in step.also where !seen.contains(link.procedure) && self.step(link) != nil && link.procedure != procedure.id {
                    log.error(
                        step.citation.place,
                        "\(procedure.id).\(step.id) links \(link), and \(link.procedure) is no ancestor of \(procedure.id)",
                        "Links lead from a case to its parents; write `of: \(link.procedure)`")
                }
            }
        }
    }
}
