public import Kernel

/// What a later version of a programme does with the cases that began under an earlier one.
public struct Amendment: Sendable, Hashable {
    /// What happens to running cases of a procedure.
    public enum Running: String, Sendable, Hashable, Codable, CaseIterable {
        /// They stay under their version.
        case keep
        /// They switch at their next step.
        case follow
    }

    /// The first day of the version. New cases begin under it, and running ones may switch, from 00:00 of this day.
    public var from: CalendarDate
    /// By procedure; a procedure that is not named keeps.
    public var running: [String: Running]
    /// The new names of states, by the old name: "order.placed" to "waiting".
    public var renamed: [StepReference: String]

    /// An amendment.
    public init(from: CalendarDate, running: [String: Running] = [:], renamed: [StepReference: String] = [:]) {
        (self.from, self.running, self.renamed) = (from, running, renamed)
    }
}

extension Programme {
    /// Why running cases of an earlier version cannot follow this one, one line each; empty if they can.
    ///
    /// Every state of the earlier procedure must exist here, under its own or its new name, and every deadline of such a state must say the same
    /// procedure steps as its start.
    public func problems(following earlier: Programme) -> [String] {
        guard let amends else {
            return version > earlier.version ? ["version \(version) does not say what it amends: write `amends:`"] : []
        }
        var problems: [String] = []
        for (id, running) in amends.running.sorted(by: { $0.key < $1.key }) where running == .follow {
            guard let old = earlier.procedure(id) else { continue }
            guard let new = procedure(id) else {
                problems.append("cases of \(id) cannot follow: the procedure is gone")
                continue
            }
            for state in old.states {
                let name = amends.renamed[StepReference(id, state.id)] ?? state.id
                if new.state(name) == nil { problems.append("cases in \(id).\(state.id) cannot follow: there is no state \(name)") }
            }
            for deadline in new.deadlines {
                if case .step(let step) = deadline.start, old.step(step) == nil {
                    problems.append("cases of \(id) cannot follow: the deadline \(deadline.id) runs from \(step), which they never took")
                }
            }
        }
        return problems
    }
}
