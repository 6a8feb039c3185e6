/// How claims of one batch are served.
public struct Allocation: Sendable, Hashable {
    /// When claims are served.
    public enum Mode: String, Sendable, Hashable, Codable, CaseIterable {
        /// Each when it comes.
        case firstCome = "first-come"
        /// All when the batch closes, in the order of their rank.
        case rankedAtClose = "ranked-at-close"
    }

    /// What goes before what.
    public enum Rank: Sendable, Hashable {
        /// Who is on one of these lists goes before who is on none.
        case onList([String])
        /// The earlier claim goes first.
        case timeOfClaim
    }

    /// When claims are served.
    public var mode: Mode
    /// What decides the order, the first first.
    public var ranking: [Rank]
    /// Where it comes from.
    public var citation: Citation
}
