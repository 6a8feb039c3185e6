public import Kernel

/// The outcome of a rule.
public enum RuleOutcome: Sendable, Hashable {
    /// The rule holds or does not apply.
    case holds
    /// The rule does not hold.
    case refused(Refusal)
    /// The rule cannot be evaluated because these fields are unknown.
    case unknown([FieldName])
}

extension Programme {
    /// The rules of a step for that category and kind of beneficiary. If the category or kind is unknown, the
    /// rules for specific ones are omitted.
    public func rules(at step: StepReference, category: String? = nil, beneficiary: String? = nil) -> [Rule] {
        rules.filter { $0.steps.contains(step) && $0.isFor(category, beneficiary) }
    }

    /// All refusals of a step by its rules. A rule with unknown facts refuses too, because nothing is
    /// granted on unchecked facts.
    ///
    /// Rules with the effect `prefer` never refuse; see `preferences`.
    public func refusals(at step: StepReference, _ facts: Facts, _ circumstances: Circumstances) -> [Refusal] {
        refusals(by: rules.filter { $0.steps.contains(step) }, facts, circumstances)
    }

    /// The refusals by some rules, of those that are for the category and the kind of beneficiary.
    public func refusals(by rules: [Rule], _ facts: Facts, _ circumstances: Circumstances) -> [Refusal] {
        asked(among: rules, facts).filter { $0.effect == .refuse }.compactMap { rule in
            switch outcome(of: rule, facts, circumstances) {
            case .holds: nil
            case .refused(let refusal): refusal
            case .unknown(let fields): rule.refusal(notKnown: fields)
            }
        }
    }

    /// The rules with the effect `prefer`, and whether each holds, for the reviewer.
    public func preferences(at step: StepReference, _ facts: Facts, _ circumstances: Circumstances) -> [(rule: Rule, holds: Bool)] {
        preferences(among: rules.filter { $0.steps.contains(step) }, facts, circumstances)
    }

    /// The same of some rules.
    public func preferences(among rules: [Rule], _ facts: Facts, _ circumstances: Circumstances) -> [(rule: Rule, holds: Bool)] {
        asked(among: rules, facts).filter { $0.effect == .prefer }.map { ($0, outcome(of: $0, facts, circumstances) == .holds) }
    }

    /// All refusals of an enterprise at a step.
    public func eligibility(of enterprise: EnterpriseFacts, at step: StepReference, _ circumstances: Circumstances) -> [Refusal] {
        refusals(at: step, enterprise.facts, circumstances)
    }

    /// The outcome of one rule. It holds if a permitted role has recorded an excuse.
    public func outcome(of rule: Rule, _ facts: Facts, _ circumstances: Circumstances) -> RuleOutcome {
        let asking = ConditionAsking(programme: self, facts: facts, circumstances: circumstances, rule: rule.id)
        if let when = rule.when {
            switch asking.finding(when) {
            case .fails: return .holds
            case .unknown(let fields): return .unknown(fields)
            case .holds: break
            }
        }
        switch asking.finding(rule.condition) {
        case .holds: return .holds
        case .unknown(let fields): return .unknown(fields)
        case .fails(let comparison):
            if !rule.excusableBy.isEmpty, facts[.excuse(rule.id)] != nil { return .holds }
            return .refused(rule.refusal(comparison))
        }
    }

    private func asked(among rules: [Rule], _ facts: Facts) -> [Rule] {
        guard !rules.isEmpty else { return [] }
        let (category, beneficiary) = (facts.text("product", "category"), facts.text("enterprise", "beneficiary"))
        return rules.filter { $0.isFor(category, beneficiary) }
    }
}

extension Rule {
    /// Whether it is for a category and a kind of beneficiary. A rule for certain ones is not for an unknown one.
    fileprivate func isFor(_ category: String?, _ beneficiary: String?) -> Bool {
        (categories.isEmpty || category.map(categories.contains) ?? false)
            && (beneficiaries.isEmpty || beneficiary.map(beneficiaries.contains) ?? false)
    }
}

extension Facts {
    func text(_ record: String, _ field: String) -> String? {
        guard case .text(let text)? = self[FieldName(record, field)] else { return nil }
        return text
    }
}

extension Rule {
    /// The refusal of this rule with the compared values.
    func refusal(_ comparison: Comparison) -> Refusal {
        let message = wording.message ?? LocalisedText(zh: "\(title.zh)：\(comparison.text.zh)", en: "\(title.en): \(comparison.text.en)")
        let refusal = citation.refusal(slug: wording.slug ?? id, message: message, remedy: wording.remedy)
        return comparison.numbers.reduce(refusal) { $0.comparing($1.name, $1.value, $1.unit) }
    }

    /// The refusal of this rule if its facts are unknown.
    func refusal(notKnown fields: [FieldName]) -> Refusal {
        let names = fields.map(\.description).joined(separator: ", ")
        let message = LocalisedText(zh: "\(title.zh)：缺少信息，无法判断。", en: "\(title.en): cannot be evaluated, because facts are unknown.")
        let remedy = LocalisedText(zh: "请补充：\(names)。", en: "Give: \(names).")
        return citation.refusal(slug: wording.slug ?? id, message: message, remedy: remedy).comparing("missing", names, .code)
    }
}

extension Refusal {
    func comparing(_ name: String, _ value: RefusalNumber.Value, _ unit: RefusalUnit) -> Refusal {
        switch value {
        case .integer(let number): comparing(name, number, unit)
        case .text(let text): comparing(name, text, unit)
        }
    }
}
