public import Kernel

/// One obligation of the platform from a document, in our own words.
public struct Clause: Sendable, Hashable {
    /// The id, "BJ26-03"; it never changes and is never reused.
    public let id: String
    /// Its position in the document.
    public let at: String
    /// The service that implements it.
    public let owner: String
    /// The kind of obligation: limit, deadline, eligibility, document, procedure, ledger, sanction, view or data.
    public let kind: String
    /// The obligation.
    public let rule: String
}

/// An interpretation of an ambiguous point in a document.
public struct Interpretation: Sendable, Hashable {
    /// The id, "IN-05".
    public let id: String
    /// The documents to which it applies, "BJ26"; empty for all.
    public let registries: [String]
    /// The interpretation.
    public let reading: String
    /// The reason.
    public let reason: String
}

/// The clauses of one document.
public struct ClauseRegistry: Sendable, Hashable {
    /// The prefix of its ids, "BJ26"; also the file's name.
    public let id: String
    /// The document's title.
    public let title: LocalisedText
    /// The clauses, in the order of their ids.
    public let clauses: [Clause]
}
