public import Kernel

/// A paper that somebody hands in.
public struct Document: Sendable, Hashable {
    /// Whether it must be handed in.
    public enum Need: Sendable, Hashable {
        /// Always.
        case required
        /// As the applicant likes.
        case optional
        /// Where the condition holds.
        case when(Condition)
    }

    /// The name; also the record that its fields belong to.
    public var id: String
    /// What it is called.
    public var title: LocalisedText
    /// The role that hands it in.
    public var by: String
    /// The steps it is handed in for.
    public var steps: [StepReference]
    /// Whether it must be.
    public var need: Need
    /// How many of it at least, five contracts for one.
    public var leastCount: Int
    /// What it says, as facts that rules compare.
    public var fields: [FormField]
    /// The document that holds where the two differ, if there is one.
    public var yieldsTo: String?
    /// The group of which any one is enough; nil where it counts for itself.
    public var anyOneOf: String?
    /// Where it comes from.
    public var citation: Citation
}

/// What holds for all papers, or for those named.
public struct PaperRule: Sendable, Hashable {
    /// What is asked of a paper.
    public enum Kind: Sendable, Hashable {
        /// It carries the seal of the unit that hands it in.
        case sealed
        /// It comes in one of these formats, "pdf".
        case formats([String])
        /// All files of one kind of paper together are at most this large.
        case size(bytes: Int64)
        /// One file a kind of paper; several pages are merged in order.
        case oneFileEach
        /// The papers of one product form a folder of this name, a pattern like "{number}-{product.name}".
        case folder(String)
    }

    /// The name.
    public var id: String
    /// What it asks, in words.
    public var title: LocalisedText
    /// What is asked.
    public var kind: Kind
    /// The documents it holds for; empty for all.
    public var documents: [String]
    /// Where it comes from.
    public var citation: Citation
    /// What is told when a paper does not hold it.
    public var wording: Wording
}
