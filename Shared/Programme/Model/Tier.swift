public import Kernel

/// A class of enterprises with its yearly quota.
public struct Tier: Sendable, Hashable {
    /// The name.
    public var id: String
    /// The title.
    public var title: LocalisedText
    /// The lists whose members belong to the tier; empty for the default tier.
    public var lists: [String]
    /// The kinds of beneficiary of the tier; empty for all.
    public var beneficiaries: [String]
    /// The yearly quota of one enterprise.
    public var quota: Fen
    /// The cited clauses.
    public var citation: Citation
}
