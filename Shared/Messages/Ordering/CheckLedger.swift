/// Asks ordering whether its ledger is in order. By `quan`, the operator's tool; answered with a `LedgerReport`.
public struct CheckLedger: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("ordering", "check-ledger")

    /// Asks for a check.
    public init() {}
}

/// What a check of the ledger has found.
public struct LedgerReport: Codable, Sendable, Hashable {
    /// Something that must not be.
    public struct Violation: Codable, Sendable, Hashable {
        /// Which law is broken: `sum-not-zero`, `balance-differs`, `history-differs`, `limit-passed`, `ended-twice`, `order-differs`,
        /// `state-holds`.
        public let law: String
        /// The account, order or unit it is about.
        public let subject: String
        /// The numbers, in words.
        public let detail: String

        /// Something that must not be.
        public init(law: String, subject: String, detail: String) { (self.law, self.subject, self.detail) = (law, subject, detail) }
    }

    /// How many accounts there are.
    public let accounts: Int64
    /// How many transfers.
    public let transfers: Int64
    /// How many orders.
    public let orders: Int64
    /// How many accounts are frozen: a limit was lowered below what is drawn. That is no violation.
    public let frozen: Int64
    /// What must not be, at most 100 of each kind.
    public let violations: [Violation]

    /// What a check has found.
    public init(accounts: Int64, transfers: Int64, orders: Int64, frozen: Int64, violations: [Violation]) {
        self.accounts = accounts
        self.transfers = transfers
        self.orders = orders
        self.frozen = frozen
        self.violations = violations
    }
}
