public import Kernel

/// What follows from a breach.
public struct Sanction: Sendable, Hashable {
    /// One thing that follows.
    public enum Consequence: Sendable, Hashable {
        /// No voucher orders of the product any more.
        case endTrading
        /// What was paid is asked back.
        case recoverFunds
        /// Vouchers in hand are void.
        case voidVouchers
        /// The parties lose their qualification in this programme.
        case disqualify
        /// No related policy support for so many years.
        case ban(years: Int)
        /// No qualification ever again.
        case banForEver
        /// A recognition is taken away.
        case revokeTitle
        /// An entry in the credit records.
        case creditRecord
        /// Handed to the authorities where it is a crime.
        case referral
    }

    /// The name.
    public var id: String
    /// What it is for.
    public var title: LocalisedText
    /// The role on whom it falls; empty for every party involved.
    public var on: [String]
    /// The role that decides.
    public var by: String
    /// What counts as a breach.
    public var grounds: [NamedTerm]
    /// What follows.
    public var consequences: [Consequence]
    /// Where it comes from.
    public var citation: Citation
}
