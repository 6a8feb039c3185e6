/// The status of an entry (`ExternalEntryStatus1Code`).
public enum EntryStatus: String, Sendable, Hashable, CaseIterable {
    /// Booked. Only booked entries are reconciled.
    case booked = "BOOK"
    /// Not booked yet.
    case pending = "PDNG"
    /// For information only, without a booking.
    case information = "INFO"
    /// Expected in the future.
    case future = "FUTR"
}

/// Rules for accepting statements: the account, and agreements with the bank beyond the standard.
public struct StatementRules: Sendable {
    /// The required account; nil for any account.
    public var account: String?
    /// The meaning of the bank's proprietary statuses (`Sts/Prtry`). Any other proprietary status is refused.
    public var proprietaryStatuses: [String: EntryStatus]

    /// Rules for statements.
    public init(account: String?, proprietaryStatuses: [String: EntryStatus] = [:]) {
        self.account = account
        self.proprietaryStatuses = proprietaryStatuses
    }
}
