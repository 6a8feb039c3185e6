public import Kernel

/// The sanctions for a breach.
public struct Sanction: Sendable, Hashable {
    /// A consequence.
    public enum Consequence: Sendable, Hashable {
        /// The product can no longer be ordered.
        case endTrading
        /// Paid funds are recovered.
        case recoverFunds
        /// Vouchers in hand are void.
        case voidVouchers
        /// The parties lose their qualification in this programme.
        case disqualify
        /// No related policy support for a number of years.
        case ban(years: Int)
        /// A permanent ban.
        case banForEver
        /// A recognition is revoked.
        case revokeTitle
        /// An entry in the credit records.
        case creditRecord
        /// Referral to the authorities in case of a crime.
        case referral
    }

    /// The name.
    public var id: String
    /// The title.
    public var title: LocalisedText
    /// The role that is sanctioned; empty for every party involved.
    public var on: [String]
    /// The role that decides.
    public var by: String
    /// The grounds of a breach.
    public var grounds: [NamedTerm]
    /// The consequences.
    public var consequences: [Consequence]
    /// The cited clauses.
    public var citation: Citation
}
