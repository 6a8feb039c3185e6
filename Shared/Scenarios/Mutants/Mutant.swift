public import Programme

/// A programme with one thing spoiled.
public struct Mutant: Sendable {
    /// What is spoiled, "procedures.order.place: without the role enterprise". It is unique within a programme.
    public let id: String
    /// The clauses and readings of the spoiled part.
    public let clauses: [String]
    /// The owners of the procedures that the part concerns.
    public let owners: Set<String>
    /// The spoiled programme.
    public let programme: Programme
}

/// Makes the mutants of a programme: one thing is dropped, negated, swapped, or moved by one unit.
struct MutantMaker {
    let programme: Programme
    private(set) var mutants: [Mutant] = []

    init(_ programme: Programme) { self.programme = programme }

    /// All mutants of a programme, in the order of its sections.
    static func mutants(of programme: Programme) -> [Mutant] {
        var maker = MutantMaker(programme)
        maker.makeRuleMutants()
        maker.makeMoneyMutants()
        maker.makePaperMutants()
        maker.makeProcedureMutants()
        maker.makeWindowMutants()
        return maker.mutants
    }

    /// Adds a mutant, unless the change changes nothing.
    mutating func add(
        _ path: String, _ what: String, _ citation: Citation, owners: Set<String>, _ change: (inout Programme) -> Void
    ) {
        var copy = programme
        change(&copy)
        guard copy != programme else { return }
        mutants.append(
            Mutant(id: "\(path): \(what)", clauses: citation.clauses + citation.readings, owners: owners, programme: copy))
    }

    /// The owners of the procedures of these steps.
    func owners(of steps: [StepReference]) -> Set<String> {
        Set(steps.compactMap { programme.procedure($0.procedure)?.owner })
    }
}

extension Array {
    /// The array without the element at an index.
    func without(_ index: Int) -> [Element] {
        var copy = self
        copy.remove(at: index)
        return copy
    }
}
