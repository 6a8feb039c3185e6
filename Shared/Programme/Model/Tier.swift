public import Kernel

/// A class of enterprises with its yearly quota.
public struct Tier: Sendable, Hashable {
    /// The name.
    public var id: String
    /// What it is called.
    public var title: LocalisedText
    /// The lists that put an enterprise into the tier, any one of them; empty for the tier of everybody else.
    public var lists: [String]
    /// The kinds of beneficiary that the tier is for; empty for all.
    public var beneficiaries: [String]
    /// What one enterprise may use in a year.
    public var quota: Fen
    /// Where it comes from.
    public var citation: Citation
}
