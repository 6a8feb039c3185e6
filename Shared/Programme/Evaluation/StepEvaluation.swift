public import Kernel

extension Programme {
    /// The step that a command takes from a state. Throws the refusal if it may not be taken.
    ///
    /// Checked in this order: does the command exist (QUAN-07), is it possible in this state (QUAN-15 and the step's clauses), may one of
    /// the caller's roles take it (QUAN-10 and the step's clauses). Windows, needs and rules are checked by `refusals(at:)` and similar
    /// functions. If several steps remain, the one whose needs are met by `otherStates` is taken.
    public func step(
        procedure: String, command: String, state: String, roles: Set<String>, otherStates: [String: String] = [:]
    ) throws(Refusal) -> Step {
        let steps = self.procedure(procedure)?.steps.filter { $0.command == command } ?? []
        guard let any = steps.first else {
            throw PlatformRule.unknownReference.refusal(LocalisedText(zh: "没有操作 \(command)。", en: "The command \(command) does not exist."))
        }
        let possible = steps.filter { $0.from.contains(state) }
        guard let first = possible.first else {
            throw any.citation.clauses.reduce(PlatformRule.stateDoesNotAllow.refusal()) { $0.under($1) }
                .comparing("state", state, .code)
                .comparing("expected", Set(steps.flatMap(\.from)).sorted().joined(separator: ","), .code)
        }
        let permitted = possible.filter { !roles.isDisjoint(with: $0.by) }
        guard let step = permitted.first(where: { $0.areNeedsMet(otherStates) }) ?? permitted.first else {
            throw first.citation.clauses.reduce(PlatformRule.notPermitted.refusal()) { $0.under($1) }
                .comparing("expected", Set(possible.flatMap(\.by)).sorted().joined(separator: ","), .code)
        }
        return step
    }

    /// The refusals of a step by its window and by the required states of other procedures of the same case.
    public func refusals(before step: Step, otherStates: [String: String], _ circumstances: Circumstances) -> [Refusal] {
        var refusals: [Refusal] = []
        if let window = step.window, let refusal = refusal(outside: window, at: circumstances.now, circumstances.announcements) {
            refusals.append(refusal)
        }
        for need in step.needs where !need.states.contains(otherStates[need.procedure] ?? Procedure.start) {
            let refusal = step.citation.clauses.reduce(PlatformRule.stateDoesNotAllow.refusal()) { $0.under($1) }
            refusals.append(
                refusal.comparing("\(need.procedure)State", otherStates[need.procedure] ?? Procedure.start, .code)
                    .comparing("expected", need.states.joined(separator: ","), .code))
        }
        return refusals
    }

    /// The roles that may send a command, in any state.
    public func roles(procedure: String, command: String) -> Set<String> {
        Set(self.procedure(procedure)?.steps.filter { $0.command == command }.flatMap(\.by) ?? [])
    }

    /// The possible steps in a state, for pages.
    public func steps(procedure: String, from state: String) -> [Step] {
        self.procedure(procedure)?.steps.filter { $0.from.contains(state) } ?? []
    }
}

extension Step {
    fileprivate func areNeedsMet(_ otherStates: [String: String]) -> Bool {
        needs.allSatisfy { $0.states.contains(otherStates[$0.procedure] ?? Procedure.start) }
    }
}
