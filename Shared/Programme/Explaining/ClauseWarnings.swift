/// Warnings for clauses that no part of the programme implements, and for contradictory `notHere` entries.
extension Programme {
    func warnOfClauses(_ book: ClauseBook, _ log: FaultLog) {
        let cited = Set(elements.flatMap(\.citation.clauses))
        let elsewhere = Dictionary(
            heldElsewhere.flatMap { held in held.clauses.map { ($0, held) } }, uniquingKeysWith: { first, _ in first })
        for registry in registries.compactMap({ book.registries[$0] }) {
            for clause in registry.clauses where !cited.contains(clause.id) && elsewhere[clause.id] == nil {
                log.warning(
                    .start, "no rule names the clause \(clause.id) (\(clause.nature)): \(clause.rule.prefix(80))",
                    "Write the rule, or name the clause under notHere with its owner and the reason")
            }
        }
        for (clause, held) in elsewhere where cited.contains(clause) {
            log.warning(
                held.place, "\(clause) is under notHere, and a rule of this file names it", "Remove it from notHere or from the rule")
        }
    }
}
