public import Kernel

/// One obligation that a document puts on the platform, in our own words.
public struct Clause: Sendable, Hashable {
    /// The id, "BJ26-03"; it never changes and is never reused.
    public let id: String
    /// Where it stands in the document.
    public let at: String
    /// The service that holds it.
    public let owner: String
    /// What sort of obligation it is: limit, deadline, eligibility, document, procedure, ledger, sanction, view or data.
    public let kind: String
    /// The obligation.
    public let rule: String
}

/// A reading that was chosen where a document leaves a point open.
public struct Interpretation: Sendable, Hashable {
    /// The id, "IN-05".
    public let id: String
    /// The documents it is for, "BJ26"; empty for all.
    public let registries: [String]
    /// How the document is read.
    public let reading: String
    /// Why.
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
