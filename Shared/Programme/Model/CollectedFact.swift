/// A fact that is collected over the cases of a procedure: "the day of the enterprise's first order for the product".
public struct CollectedFact: Sendable, Hashable {
    /// How the values are put together.
    public enum Fold: String, Sendable, Hashable, Codable, CaseIterable {
        /// The number of cases.
        case count
        /// The sum of counts or amounts.
        case sum
        /// The least value.
        case min
        /// The greatest value.
        case max
        /// All different texts.
        case set
    }

    /// The name under which it is known.
    public var id: FieldName
    /// How the values are put together.
    public var fold: Fold
    /// The procedure of the cases.
    public var procedure: String
    /// The field of each case; nil for a count.
    public var field: FieldName?
    /// The parties, or procedures that are referred to, that both cases have in common.
    public var same: [String]
    /// The states; empty for all.
    public var states: [String]
    /// The cited clauses.
    public var citation: Citation
}
