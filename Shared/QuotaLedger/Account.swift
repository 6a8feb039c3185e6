public import Programme

/// An account of the quota ledger: one cap of one enterprise, product, institution, batch or programme, in one year where it is yearly.
///
/// Every transfer moves the same amount between two of its sides, so that `drawn` is always what is pending, posted and forfeited together.
public struct Account: Sendable, Hashable {
    /// Which account it is; also where it stands in the order of locks.
    public let key: AccountKey
    /// The programme's name of the cap.
    public let cap: String
    /// What is counted: fen or vouchers.
    public let unit: Cap.Unit
    /// What may be drawn at most, in the unit.
    public internal(set) var limit: Int64
    /// What has left the account: the other side of every entry below.
    public internal(set) var drawn: Int64
    /// What is reserved and not decided.
    public internal(set) var pending: Int64
    /// What is used for good.
    public internal(set) var posted: Int64
    /// What is lost and still counts.
    public internal(set) var forfeited: Int64
    /// How many transfers it has had; each bears its number.
    public internal(set) var version: Int64

    /// An account as it stands; a new one has had no transfer.
    public init(
        key: AccountKey, cap: String, unit: Cap.Unit, limit: Int64, drawn: Int64 = 0, pending: Int64 = 0, posted: Int64 = 0,
        forfeited: Int64 = 0, version: Int64 = 0
    ) {
        (self.key, self.cap, self.unit, self.limit) = (key, cap, unit, limit)
        (self.drawn, self.pending, self.posted, self.forfeited, self.version) = (drawn, pending, posted, forfeited, version)
    }

    /// What may still be reserved; nothing where the limit was lowered below what is drawn.
    public var left: Int64 { isFrozen ? 0 : limit.subtractingReportingOverflow(drawn).partialValue }

    /// Whether its limit was lowered below what is drawn. What is reserved stays valid; nothing more can be.
    public var isFrozen: Bool { drawn > limit }

    /// Whether its sides are in balance and none is below nothing.
    public var isBalanced: Bool {
        let sum = Int128(pending) + Int128(posted) + Int128(forfeited)
        return sum == Int128(drawn) && pending >= 0 && posted >= 0 && forfeited >= 0
    }
}
