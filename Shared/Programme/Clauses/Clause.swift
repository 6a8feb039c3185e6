public import Kernel

/// One obligation of the platform from a document, in our own words.
public struct Clause: Sendable, Hashable {
    /// The id, "BJ26-03"; it never changes and is never reused.
    public let id: String
    /// Its position in the document.
    public let at: String
    /// The service that enforces it; nil for the platform's own rules, which every service enforces.
    public let owner: Owner?
    /// The kind of obligation; nil for the platform's own rules.
    public let kind: Kind?
    /// The obligation.
    public let rule: String

    /// Its kind and owner, for messages: "limit, ordering".
    var nature: String { "\(kind?.rawValue ?? "platform"), \(owner?.rawValue ?? "every service")" }

    /// The services that enforce clauses of documents.
    public enum Owner: String, Sendable, Hashable, CaseIterable {
        case carriers, catalogue, identity, ordering, payout, portal, redemption, supervision
    }

    /// The kinds of obligation.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A number that must hold.
        case limit
        /// A date or a duration.
        case deadline
        /// Who may take part.
        case eligibility
        /// What must be submitted, and what it must say.
        case document
        /// A step, a state or an order of steps.
        case process
        /// How quota or money is counted.
        case ledger
        /// The consequence of a breach.
        case sanction
        /// What a person must be able to see or do on a page.
        case view
        /// A list or form that the platform carries.
        case data
    }
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
