/// The allocation of a batch to its claims.
public struct Allocation: Sendable, Hashable {
    /// When claims are served.
    public enum Mode: String, Sendable, Hashable, Codable, CaseIterable {
        /// Each on arrival.
        case firstCome = "first-come"
        /// All when the batch closes, by rank.
        case rankedAtClose = "ranked-at-close"
    }

    /// A ranking criterion.
    public enum Rank: Sendable, Hashable {
        /// Enterprises on one of these lists come first.
        case onList([String])
        /// The earlier claim goes first.
        case timeOfClaim
    }

    /// When claims are served.
    public var mode: Mode
    /// The ranking criteria, most important first.
    public var ranking: [Rank]
    /// The cited clauses.
    public var citation: Citation
}
