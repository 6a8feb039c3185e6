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

    /// What all transfers of one kind on one account come to.
    public struct Total: Codable, Sendable, Hashable {
        /// The cap, by the programme's name.
        public let cap: String
        /// The account.
        public let account: String
        /// What is counted: `fen` or `vouchers`.
        public let unit: String
        /// The account's limit now.
        public let limit: Int64
        /// `reserve`, `post`, `release`, `forfeit`, `return`, …
        public let kind: String
        /// What was reserved, posted, released, forfeited or returned.
        public let amount: Int64
        /// What was released beside, with a post of less than was reserved.
        public let rest: Int64

        /// A total.
        public init(cap: String, account: String, unit: String, limit: Int64, kind: String, amount: Int64, rest: Int64) {
            self.cap = cap
            self.account = account
            self.unit = unit
            self.limit = limit
            self.kind = kind
            self.amount = amount
            self.rest = rest
        }
    }

    /// How many accounts there are.
    public let accounts: Int64
    /// How many transfers.
    public let transfers: Int64
    /// How many orders.
    public let orders: Int64
    /// How many accounts are frozen: a limit was lowered below what is drawn. That is no violation.
    public let frozen: Int64
    /// What has gone through the accounts of programmes as a whole, by kind of transfer.
    public let totals: [Total]
    /// What must not be, at most 100 of each kind.
    public let violations: [Violation]

    /// What a check has found.
    public init(accounts: Int64, transfers: Int64, orders: Int64, frozen: Int64, totals: [Total] = [], violations: [Violation]) {
        self.accounts = accounts
        self.transfers = transfers
        self.orders = orders
        self.frozen = frozen
        self.totals = totals
        self.violations = violations
    }
}
