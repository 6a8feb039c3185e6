import Programme

extension Decision {
    /// Whether an actor may see a case: by a role that sees all cases, as a party, or because a step that is open to everybody leads from its
    /// state.
    func isVisible(_ subject: ProcedureCase, to actor: StepActor) -> Bool {
        let compiled = versions.version(subject.programmeVersion)
        if actor == .platform || compiled.procedure(subject.procedure)?.isPublic == true { return true }
        for role in actor.roles {
            switch compiled.sight(of: role) {
            case .all: return true
            case .steps:
                if compiled.procedures[subject.procedure]?.roles.contains(role) ?? false { return true }
            case .own: if subject.parties[role] != nil, subject.parties[role] == actor.organisation { return true }
            case .notices: break
            }
        }
        return compiled.procedures[subject.procedure]?.openStates.contains(subject.state) ?? false
    }

    /// Whether one of the actor's roles may take the step, and the actor is the party where that role is one.
    func mayTake(_ step: Step, of subject: ProcedureCase, _ actor: StepActor) -> Bool {
        compiled.isOpenToAll(step) && actor != .platform
            || step.by.contains { role in
                actor.roles.contains(role) && (subject.parties[role].map { $0 == actor.organisation } ?? true)
                    && isCompetent(role, for: subject, actor)
            }
    }
}

extension Decision {
    /// Whether the case lies in the division of an officer whose role is bound to one.
    private func isCompetent(_ role: String, for subject: ProcedureCase, _ actor: StepActor) -> Bool {
        guard let field = programme.roleDivisions[role] else { return true }
        guard case .text(let code)? = known(about: subject)[field], let own = actor.division else { return false }
        return Programme.lies(code, in: own)
    }
}
