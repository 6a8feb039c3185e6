/// Asks ordering to check its ledger for consistency. Sent by `quan`, the operator's tool; answered with a `LedgerReport`.
public struct CheckLedger: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("ordering", "check-ledger")

    /// Requests a check.
    public init() {}
}

/// The result of a ledger check.
public struct LedgerReport: Codable, Sendable, Hashable {
    /// A violation of an invariant of the ledger.
    public struct Violation: Codable, Sendable, Hashable {
        /// The violated invariant: `sum-not-zero`, `balance-differs`, `history-differs`, `limit-passed`, `ended-twice`, `order-differs`,
        /// `state-holds`.
        public let law: String
        /// The account, order or unit concerned.
        public let subject: String
        /// An explanation with the numbers.
        public let detail: String

        /// A violation.
        public init(law: String, subject: String, detail: String) { (self.law, self.subject, self.detail) = (law, subject, detail) }
    }

    /// The total of all transfers of one kind on one account.
    public struct Total: Codable, Sendable, Hashable {
        /// The cap, by its name in the programme.
        public let cap: String
        /// The account.
        public let account: String
        /// The unit: `fen` or `vouchers`.
        public let unit: String
        /// The account's current limit.
        public let limit: Int64
        /// The kind of transfer: `reserve`, `post`, `release`, `forfeit`, `return`, …
        public let kind: String
        /// The total amount.
        public let amount: Int64
        /// The amount released because less was posted than reserved.
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

    /// The number of accounts.
    public let accounts: Int64
    /// The number of transfers.
    public let transfers: Int64
    /// The number of orders.
    public let orders: Int64
    /// The number of frozen accounts: their limit was lowered below the drawn amount. That is not a violation.
    public let frozen: Int64
    /// The totals of the programme-wide accounts, by kind of transfer.
    public let totals: [Total]
    /// The violations, at most 100 of each kind.
    public let violations: [Violation]

    /// The result of a check.
    public init(accounts: Int64, transfers: Int64, orders: Int64, frozen: Int64, totals: [Total] = [], violations: [Violation]) {
        self.accounts = accounts
        self.transfers = transfers
        self.orders = orders
        self.frozen = frozen
        self.totals = totals
        self.violations = violations
    }
}
