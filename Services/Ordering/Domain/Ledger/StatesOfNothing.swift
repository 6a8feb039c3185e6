public import Programme

extension Programme {
    /// The states of an order in which nothing may be pending: every way into them gives back or loses what was held, on every cap.
    ///
    /// What the ledger says of an order in such a state is held against this by the ledger's check.
    public var statesThatHoldNothing: [String] {
        guard let procedure = procedure("order") else { return [] }
        return procedure.states.map(\.id).filter { state in
            let ways =
                procedure.steps.filter { $0.to == state }.map(\.ledger)
                + procedure.deadlines.filter { $0.lapse.to == state }.map(\.lapse.ledger)
            return !ways.isEmpty && ways.allSatisfy { $0.contains { ($0.kind == .release || $0.kind == .forfeit) && $0.caps.isEmpty } }
        }
    }
}
