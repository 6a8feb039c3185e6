/// Lookup of a programme's parts by id. A linear search is fast enough, because programmes are small.
extension Programme {
    /// The setting of that name.
    public func setting(_ id: String) -> Setting? { settings.first { $0.id == id } }
    /// The cap of that name.
    public func cap(_ id: String) -> Cap? { caps.first { $0.id == id } }
    /// The tier of that name.
    public func tier(_ id: String) -> Tier? { tiers.first { $0.id == id } }
    /// The category of that name.
    public func category(_ id: String) -> Category? { categories.first { $0.id == id } }
    /// The form of that name.
    public func form(_ id: String) -> Form? { forms.first { $0.id == id } }
    /// The document of that name.
    public func document(_ id: String) -> Document? { documents.first { $0.id == id } }
    /// The rule of that name.
    public func rule(_ id: String) -> Rule? { rules.first { $0.id == id } }
    /// The procedure of that name.
    public func procedure(_ id: String) -> Procedure? { procedures.first { $0.id == id } }
    /// The window of that name.
    public func window(_ id: String) -> Window? { windows.first { $0.id == id } }
    /// The sanction of that name.
    public func sanction(_ id: String) -> Sanction? { sanctions.first { $0.id == id } }
    /// The step of that name.
    public func step(_ reference: StepReference) -> Step? { procedure(reference.procedure)?.step(reference.step) }
    /// The deadline of that name, "order.decision".
    public func deadline(_ reference: StepReference) -> DeadlineRule? {
        procedure(reference.procedure)?.deadlines.first { $0.id == reference.step }
    }
}

extension Procedure {
    /// Whether a case can leave the states of a deadline and come back without the deadline's first step being taken anew, so that it matters
    /// whether the deadline runs on meanwhile.
    public func canComeBack(to deadline: DeadlineRule) -> Bool {
        guard case .step(let start) = deadline.start else { return false }
        let entering = steps.filter { step in
            guard let to = step.to, deadline.states.contains(to), step.id != start else { return false }
            return step.from.contains { $0 != Procedure.start && !deadline.states.contains($0) }
        }
        // A state from which the case enters must be reached from the deadline's states.
        var (reached, next) = (Set(deadline.states), deadline.states)
        while let state = next.popLast() {
            for step in steps where step.from.contains(state) {
                if let to = step.to, reached.insert(to).inserted { next.append(to) }
            }
        }
        return entering.contains { step in step.from.contains { reached.contains($0) && !deadline.states.contains($0) } }
    }

    /// The step of that name.
    public func step(_ id: String) -> Step? { steps.first { $0.id == id } }
    /// The state of that name; nil for the start.
    public func state(_ id: String) -> ProcedureState? { states.first { $0.id == id } }
    /// The deadlines of that state.
    public func deadlines(in state: String) -> [DeadlineRule] { deadlines.filter { $0.states.contains(state) } }
}
