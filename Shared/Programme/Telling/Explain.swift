import Kernel

extension Programme {
    /// What a clause, a reading or one of the platform's rules says, what in this programme comes from it, and where that bites.
    ///
    /// An id that nobody knows is answered with the nearest one that somebody does.
    public func explain(_ id: String, book: ClauseBook) -> String {
        let known = book.only(registries)
        guard let heading = Self.heading(id, known) else {
            let all = known.clauseIDs + known.interpretations.keys.sorted()
            return "\(id): \(self.id) cites no such clause. \(didYouMean(id, all))."
        }
        let citing = elements.filter { $0.citation.names(id) }
        let held = heldElsewhere.filter { $0.clauses.contains(id) }.map { "Held by \($0.owner): \($0.reason)" }
        let told = citing.map { $0.told(known) } + held
        return ([heading] + (told.isEmpty ? ["Nothing in \(self.id) comes from it."] : told)).joined(separator: "\n\n")
    }

    private static func heading(_ id: String, _ book: ClauseBook) -> String? {
        if let clause = book.clause(id) {
            return "\(clause.id) (\(clause.at); \(clause.kind), \(clause.owner))\n  \(clause.rule)"
        }
        guard let reading = book.interpretations[id] else { return nil }
        return "\(reading.id), an interpretation\n  \(reading.reading)" + (reading.reason.isEmpty ? "" : "\n  because: \(reading.reason)")
    }
}

extension Element {
    /// The element on a few lines.
    func told(_ book: ClauseBook) -> String {
        let at = citation.place == .none ? "" : ", line \(citation.place.line)"
        var lines = ["\(kind) \(path)\(at)", "  \(title.zh) / \(title.en)"]
        lines += parameters.map { "  \($0.name): \($0.value)" }
        if !bitesAt.isEmpty { lines.append("  bites at: \(bitesAt.joined(separator: ", "))") }
        if !concerns.isEmpty { lines.append("  concerns: \(concerns.joined(separator: ", "))") }
        for reading in citation.readings.compactMap({ book.interpretations[$0] }) {
            lines.append("  read as \(reading.id): \(reading.reading)")
        }
        return lines.joined(separator: "\n")
    }
}
