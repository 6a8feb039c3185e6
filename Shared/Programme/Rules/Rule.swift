public import Kernel

/// A rule: its condition, scope, steps, clauses, and the wording of its refusal.
public struct Rule: Sendable, Hashable {
    /// The effect if the rule does not hold.
    public enum Effect: String, Sendable, Hashable, Codable, CaseIterable {
        /// The step is refused.
        case refuse
        /// Nothing is refused; the reviewer takes it into account.
        case prefer
    }

    /// The id; also the slug of its refusal, unless the wording has another.
    public var id: String
    /// The title.
    public var title: LocalisedText
    /// The condition on the facts.
    public var condition: Condition
    /// The condition under which it applies; nil for always.
    public var when: Condition?
    /// The steps at which it is checked.
    public var steps: [StepReference]
    /// The categories to which it applies; empty for all.
    public var categories: [String]
    /// The kinds of beneficiary to which it applies; empty for all.
    public var beneficiaries: [String]
    /// The effect if the rule does not hold.
    public var effect: Effect
    /// The roles that may record an excuse; empty if none may.
    public var excusableBy: [String]
    /// The cited clauses.
    public var citation: Citation
    /// The wording of its refusal.
    public var wording: Wording
}
