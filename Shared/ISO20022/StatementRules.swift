/// Where an entry of a statement stands (`ExternalEntryStatus1Code`).
public enum EntryStatus: String, Sendable, Hashable, CaseIterable {
    /// Booked: the only one that counts.
    case booked = "BOOK"
    /// Not booked yet.
    case pending = "PDNG"
    /// For information only; no booking is meant.
    case information = "INFO"
    /// Known to come.
    case future = "FUTR"
}

/// What a statement must be about, and what an installation has agreed with its bank beyond the standard.
public struct StatementRules: Sendable {
    /// The account that every statement must be of; nil where any will do.
    public var account: String?
    /// What the bank's own words for a status (`Sts/Prtry`) mean. Any other is not understood.
    public var proprietaryStatuses: [String: EntryStatus]

    /// Rules.
    public init(account: String?, proprietaryStatuses: [String: EntryStatus] = [:]) {
        self.account = account
        self.proprietaryStatuses = proprietaryStatuses
    }
}
