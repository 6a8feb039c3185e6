import Kernel

extension Programme {
    /// Explains a clause, an interpretation or a platform rule: its text, the parts of this programme that cite it, and where they apply.
    ///
    /// For an unknown id, the answer suggests the nearest known one.
    public func explain(_ id: String, book: ClauseBook) -> String {
        let known = book.only(registries)
        guard let heading = Self.heading(id, known) else {
            let all = known.clauseIDs + known.interpretations.keys.sorted()
            return "\(id): \(self.id) does not cite this clause. \(didYouMean(id, all))."
        }
        let citing = elements.filter { $0.citation.names(id) }
        let held = heldElsewhere.filter { $0.clauses.contains(id) }.map { "Held by \($0.owner): \($0.reason)" }
        let explanation = citing.map { $0.explanation(known) } + held
        return ([heading] + (explanation.isEmpty ? ["No part of \(self.id) cites it."] : explanation)).joined(separator: "\n\n")
    }

    private static func heading(_ id: String, _ book: ClauseBook) -> String? {
        if let clause = book.clause(id) {
            return "\(clause.id) (\(clause.at); \(clause.nature))\n  \(clause.rule)"
        }
        guard let reading = book.interpretations[id] else { return nil }
        return "\(reading.id), an interpretation\n  \(reading.reading)" + (reading.reason.isEmpty ? "" : "\n  because: \(reading.reason)")
    }
}

extension Element {
    /// The element as a few lines of text.
    func explanation(_ book: ClauseBook) -> String {
        let at = citation.place == .none ? "" : ", line \(citation.place.line)"
        var lines = ["\(kind) \(path)\(at)", "  \(title.zh) / \(title.en)"]
        lines += parameters.map { "  \($0.name): \($0.value)" }
        if !appliesAt.isEmpty { lines.append("  applies at: \(appliesAt.joined(separator: ", "))") }
        if !concerns.isEmpty { lines.append("  concerns: \(concerns.joined(separator: ", "))") }
        for reading in citation.readings.compactMap({ book.interpretations[$0] }) {
            lines.append("  read as \(reading.id): \(reading.reading)")
        }
        return lines.joined(separator: "\n")
    }
}
