public import Kernel

/// A rule: what it asks, of whom, at which steps, under which clause, and what it says when it refuses.
public struct Rule: Sendable, Hashable {
    /// What it means when it does not hold.
    public enum Effect: String, Sendable, Hashable, Codable, CaseIterable {
        /// The step is refused.
        case refuse
        /// Nothing is refused; a reviewer weighs it.
        case prefer
    }

    /// The name; also the slug of its refusal, unless the wording has another.
    public var id: String
    /// What it asks, in words.
    public var title: LocalisedText
    /// What it asks of the facts.
    public var condition: Condition
    /// Where it is asked at all; nil for always.
    public var when: Condition?
    /// The steps it is asked at.
    public var steps: [StepReference]
    /// The categories it is for; empty for all.
    public var categories: [String]
    /// The kinds of beneficiary it is for; empty for all.
    public var beneficiaries: [String]
    /// What it means when it does not hold.
    public var effect: Effect
    /// The roles that may record a reason not to insist on it; empty where nobody may.
    public var excusableBy: [String]
    /// Where it comes from.
    public var citation: Citation
    /// What is told when it refuses.
    public var wording: Wording
}
