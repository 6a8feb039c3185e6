public import Kernel

/// A paper to be submitted.
public struct Document: Sendable, Hashable {
    /// Whether the paper is required.
    public enum Need: Sendable, Hashable {
        /// Always.
        case required
        /// Optional.
        case optional
        /// Required if the condition holds.
        case when(Condition)
    }

    /// The id; also the record of its fields.
    public var id: String
    /// The title.
    public var title: LocalisedText
    /// The role that submits it.
    public var by: String
    /// The steps for which it is submitted.
    public var steps: [StepReference]
    /// Whether it is required.
    public var need: Need
    /// The minimum number, for example five contracts.
    public var leastCount: Int
    /// The facts stated in it, for comparison by rules.
    public var fields: [FormField]
    /// The document that takes precedence if the two differ, if there is one.
    public var yieldsTo: String?
    /// The group of alternatives, of which one is enough; nil if there is none.
    public var anyOneOf: String?
    /// The cited clauses.
    public var citation: Citation
}

/// A rule for all papers or for the named ones.
public struct PaperRule: Sendable, Hashable {
    /// The kind of rule.
    public enum Kind: Sendable, Hashable {
        /// The paper has the seal of the submitting organisation.
        case sealed
        /// The file has one of these formats, "pdf".
        case formats([String])
        /// The maximum total size of all files of one kind of paper.
        case size(bytes: Int64)
        /// One file per kind of paper; several pages are merged in order.
        case oneFileEach
        /// The papers of one product form a folder of this name, a pattern like "{number}-{product.name}".
        case folder(String)
    }

    /// The name.
    public var id: String
    /// The title.
    public var title: LocalisedText
    /// The kind.
    public var kind: Kind
    /// The documents to which it applies; empty for all.
    public var documents: [String]
    /// The cited clauses.
    public var citation: Citation
    /// The wording of the refusal.
    public var wording: Wording
}
