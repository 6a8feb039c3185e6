extension Programme {
    /// The states of a procedure in which nothing may be reserved: every way into them releases or forfeits all that was.
    public func statesWithoutHoldings(of id: String) -> [String] {
        guard let procedure = procedure(id) else { return [] }
        return procedure.states.map(\.id).filter { state in
            let ways =
                procedure.steps.filter { $0.to == state }.map(\.ledger)
                + procedure.deadlines.filter { $0.lapse.to == state }.map(\.lapse.ledger)
            return !ways.isEmpty && ways.allSatisfy { $0.contains { ($0.kind == .release || $0.kind == .forfeit) && $0.caps.isEmpty } }
        }
    }
}
