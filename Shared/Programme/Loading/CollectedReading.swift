import Kernel

/// Facts that are collected over cases.
extension ProgrammeReading {
    /// `{id: order.firstPlacedOn, collect: {min: order.placedOn, same: [enterprise, product]}}`
    func readCollected(_ file: Group) -> [CollectedFact] {
        file.each("collected", "a collected fact", keys: ["id", "collect", "clauses", "reading"]) { group in
            let folds = CollectedFact.Fold.allCases.map(\.rawValue)
            guard let id = group.required("id")?.text().flatMap({ FieldName($0) }), let item = group.required("collect"),
                let collect = Group(item, "a collection", keys: folds + ["of", "same", "in"])
            else { return nil }
            let given = folds.filter(collect.has)
            guard given.count == 1, let fold = CollectedFact.Fold(rawValue: given[0]), let value = collect.optional(given[0]) else {
                item.fault("a collection is one of \(folds.joined(separator: ", "))", "Write `min: order.placedOn`, or `count: order`")
                return nil
            }
            let field = fold == .count ? nil : value.field(Set(FieldType.allCases))
            let of = collect.optional("of")?.reference(.procedure)
            guard let procedure = fold == .count ? value.reference(.procedure) : of ?? field?.record else { return nil }
            if let field { context.names.give(kept: id, field) } else { context.names.give(collectedCount: id) }
            return CollectedFact(
                id: id, fold: fold, procedure: procedure, field: field, same: collect.optional("same")?.names() ?? [],
                states: collect.optional("in")?.names() ?? [], citation: group.citation(mayBeEmpty: true))
        }
    }
}
