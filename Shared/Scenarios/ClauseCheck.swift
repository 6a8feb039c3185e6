public import Programme

/// What scenarios prove about the clauses of a programme.
public struct ClauseCheck: Sendable {
    /// The result for one clause.
    public struct Finding: Sendable {
        /// The clause.
        public let clause: Clause
        /// The parts of the file that cite it.
        public let parts: [String]
        /// The scenarios that cite it, by name.
        public let scenarios: [String]
        /// Those of them that fail without what the clause says.
        public let failing: [String]
        /// Why it counts or does not.
        public let outcome: Outcome
    }

    /// Whether a clause is held.
    public enum Outcome: Sendable, Hashable {
        /// A scenario fails without what the clause says.
        case held
        /// The clause stands under `notHere`: something outside the file serves it.
        case elsewhere(owner: String)
        /// The clause stands under `notBuilt`.
        case notBuilt(reason: String)
        /// No part of the file cites it.
        case notInFile
        /// No scenario cites it.
        case noScenario
        /// All its scenarios pass without it too.
        case noDifference
    }

    private let programme: Programme
    /// The scenarios that pass under the programme as it is; the others prove nothing.
    private let scenarios: [Scenario]
    /// The names of the scenarios that fail under the programme as it is.
    public let broken: [String]

    /// A check of a programme by scenarios. It plays them all once.
    public init(_ programme: Programme, _ book: ScenarioBook) {
        self.programme = programme
        scenarios = book.scenarios.filter { ScenarioPlayer.play($0, under: programme).isPassed }
        let passed = Set(scenarios.map(\.place))
        broken = book.scenarios.filter { !passed.contains($0.place) }.map { "\($0.place) \($0.name)" }
    }

    /// Plays the scenarios of a clause under the file without what the clause says.
    public func finding(_ clause: Clause) -> Finding {
        let alteration = programme.spoiled(clause: clause.id)
        let scenarios = scenarios.filter { $0.clauses.contains(clause.id) }
        let failing = scenarios.filter { !ScenarioPlayer.play($0, under: alteration.programme).isPassed }
        let outcome: Outcome =
            if let gap = programme.notBuilt.first(where: { $0.clauses.contains(clause.id) }) {
                .notBuilt(reason: gap.reason)
            } else if !failing.isEmpty {
                .held
            } else if let elsewhere = programme.heldElsewhere.first(where: { $0.clauses.contains(clause.id) }) {
                .elsewhere(owner: elsewhere.owner)
            } else if alteration.removed.isEmpty {
                .notInFile
            } else {
                scenarios.isEmpty ? .noScenario : .noDifference
            }
        return Finding(
            clause: clause, parts: alteration.removed, scenarios: scenarios.map(\.name), failing: failing.map(\.name), outcome: outcome)
    }

    /// The mutants of the programme that concern one of these owners; all if there are none named. Nothing under `notBuilt` is among them.
    public func mutants(owners: Set<String>) -> [Mutant] {
        let gaps = Set(programme.notBuilt.flatMap(\.clauses))
        return MutantMaker.mutants(of: programme).filter { mutant in
            (owners.isEmpty || !owners.isDisjoint(with: mutant.owners))
                && (mutant.clauses.isEmpty || !mutant.clauses.allSatisfy { gaps.contains($0) || !$0.contains("-") })
        }
    }

    /// The first scenario that fails under a mutant, those that cite its clauses first; nil if it survives.
    public func killer(of mutant: Mutant) -> Scenario? {
        let own = scenarios.filter { !Set($0.clauses).isDisjoint(with: mutant.clauses) }
        let others = scenarios.filter { Set($0.clauses).isDisjoint(with: mutant.clauses) }
        return (own + others).first { !ScenarioPlayer.play($0, under: mutant.programme).isPassed }
    }
}
