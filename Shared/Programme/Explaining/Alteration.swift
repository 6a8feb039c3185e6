import Kernel

/// A programme with one clause removed, for tests that evaluate a case with and without a rule.
public struct Alteration: Sendable {
    /// The programme without the parts that cite the clause.
    public let programme: Programme
    /// The removed parts by path; empty if no part cites the clause, which a test must not accept.
    public let removed: [String]
}

extension Programme {
    /// A copy without the parts that cite that clause.
    ///
    /// Rules, caps, deadlines, papers and paper rules are removed; a step loses its window if the window cites the clause; a
    /// ceiling, averaging or unit limit is removed; a share becomes 100%; fields are no longer required or bounded. Steps and states stay,
    /// because nothing can be evaluated without them; a test that alters a step changes the copy itself: all parts are `var`.
    public func without(clause id: String) -> Alteration {
        var copy = self
        var removed: [String] = []
        copy.removeRules(id, &removed)
        copy.removeWindows(id, &removed)
        copy.removeMoney(id, &removed)
        copy.removePapers(id, &removed)
        return Alteration(programme: copy, removed: removed)
    }

    /// A copy without what that clause says: like `without`, and a tier's quota is doubled, and collected facts are removed. Where the clause is
    /// cited by steps alone, the steps are removed.
    public func spoiled(clause id: String) -> Alteration {
        var alteration = without(clause: id)
        var (copy, removed) = (alteration.programme, alteration.removed)
        for index in copy.tiers.indices where copy.tiers[index].citation.names(id) {
            copy.tiers[index].quota = Fen(copy.tiers[index].quota.rawValue * 2)
            removed.append("tiers.\(copy.tiers[index].id)")
        }
        removed += copy.collected.filter { $0.citation.names(id) }.map { "collected.\($0.id)" }
        copy.collected.removeAll { $0.citation.names(id) }
        if removed.isEmpty {
            for procedure in copy.procedures.indices {
                let gone = copy.procedures[procedure].steps.filter { $0.citation.names(id) }
                removed += gone.map { "procedures.\(copy.procedures[procedure].id).\($0.id)" }
                copy.procedures[procedure].steps.removeAll { $0.citation.names(id) }
            }
        }
        alteration = Alteration(programme: copy, removed: removed)
        return alteration
    }

    /// A copy with one rule changed; unchanged if there is no such rule.
    public func altering(rule id: String, _ change: (inout Rule) -> Void) -> Programme {
        var copy = self
        for index in copy.rules.indices where copy.rules[index].id == id { change(&copy.rules[index]) }
        return copy
    }

    /// A copy with one cap changed; unchanged if there is no such cap.
    public func altering(cap id: String, _ change: (inout Cap) -> Void) -> Programme {
        var copy = self
        for index in copy.caps.indices where copy.caps[index].id == id { change(&copy.caps[index]) }
        return copy
    }

    /// A copy with one step changed; unchanged if there is no such step.
    public func altering(step reference: StepReference, _ change: (inout Step) -> Void) -> Programme {
        var copy = self
        for procedure in copy.procedures.indices where copy.procedures[procedure].id == reference.procedure {
            for step in copy.procedures[procedure].steps.indices where copy.procedures[procedure].steps[step].id == reference.step {
                change(&copy.procedures[procedure].steps[step])
            }
        }
        return copy
    }

    /// A copy with one deadline changed, named like "order.decision"; unchanged if there is no such deadline.
    public func altering(deadline reference: StepReference, _ change: (inout DeadlineRule) -> Void) -> Programme {
        var copy = self
        for procedure in copy.procedures.indices where copy.procedures[procedure].id == reference.procedure {
            for rule in copy.procedures[procedure].deadlines.indices where copy.procedures[procedure].deadlines[rule].id == reference.step {
                change(&copy.procedures[procedure].deadlines[rule])
            }
        }
        return copy
    }

    private mutating func removeRules(_ clause: String, _ removed: inout [String]) {
        removed += rules.filter { $0.citation.names(clause) }.map { "rules.\($0.id)" }
        rules.removeAll { $0.citation.names(clause) }
        removed += paperRules.filter { $0.citation.names(clause) }.map { "paperRules.\($0.id)" }
        paperRules.removeAll { $0.citation.names(clause) }
        for index in procedures.indices {
            let gone = procedures[index].deadlines.filter { $0.citation.names(clause) }
            removed += gone.map { "procedures.\(procedures[index].id).\($0.id)" }
            procedures[index].deadlines.removeAll { $0.citation.names(clause) }
        }
    }

    private mutating func removeWindows(_ clause: String, _ removed: inout [String]) {
        let gone = windows.filter { $0.citation.names(clause) }.map(\.id)
        removed += gone.map { "windows.\($0)" }
        for procedure in procedures.indices {
            for step in procedures[procedure].steps.indices {
                guard let window = procedures[procedure].steps[step].window, gone.contains(window) else { continue }
                procedures[procedure].steps[step].window = nil
            }
        }
    }

    private mutating func removeMoney(_ clause: String, _ removed: inout [String]) {
        removed += caps.filter { $0.citation.names(clause) }.map { "caps.\($0.id)" }
        caps.removeAll { $0.citation.names(clause) }
        if subsidy.averaging?.citation.names(clause) ?? false {
            subsidy.averaging = nil
            removed.append("subsidy.averaging")
        }
        if subsidy.units?.citation.names(clause) ?? false {
            subsidy.units = nil
            removed.append("subsidy.units")
        }
        if subsidy.ceiling?.citation.names(clause) ?? false {
            subsidy.ceiling = nil
            removed.append("subsidy.ceiling")
        }
        if subsidy.citation.names(clause) {
            subsidy.share = .whole
            removed.append("subsidy.share")
        }
    }

    private mutating func removePapers(_ clause: String, _ removed: inout [String]) {
        removed += documents.filter { $0.citation.names(clause) }.map { "documents.\($0.id)" }
        documents.removeAll { $0.citation.names(clause) }
        for form in forms.indices {
            for field in forms[form].fields.indices {
                guard forms[form].citation.names(clause) || forms[form].fields[field].citation.names(clause) else { continue }
                forms[form].fields[field].isRequired = false
                forms[form].fields[field].bounds = FieldBounds()
                removed.append("forms.\(forms[form].id).\(forms[form].fields[field].id)")
            }
        }
    }
}
