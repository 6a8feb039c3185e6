public import Foundation
public import Programme

/// A line of the ledger. It is written once and never changed.
public struct Transfer: Sendable, Hashable {
    /// What is moved from where to where.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// Drawn and pending: a reservation.
        case reserve
        /// Part of a reservation is given back; it stays pending with the rest.
        case reduce
        /// A reservation ends: `amount` is used, the rest is given back.
        case post
        /// A reservation ends: `amount` is used, the rest is lost and still counts.
        case postWhole = "post-and-forfeit-rest"
        /// A reservation ends: all of it is given back.
        case release
        /// A reservation ends: all of it is lost and still counts.
        case forfeit
        /// What was used is given back, by a transfer the other way.
        case returnFunds = "return"

        /// Whether it ends a reservation. Each is ended once.
        public var isEnd: Bool {
            switch self {
            case .post, .postWhole, .release, .forfeit: true
            case .reserve, .reduce, .returnFunds: false
            }
        }
    }

    /// The order.
    public let orderID: UUID
    /// Its number among the order's transfers, from 1.
    public let number: Int
    /// The account.
    public let account: AccountKey
    /// Its number among the account's transfers, from 1.
    public let accountNumber: Int64
    /// What is moved.
    public let kind: Kind
    /// How much, in the account's unit.
    public let amount: Int64
    /// What was pending beside it, where a reservation ends with less than all of it.
    public let rest: Int64
    /// The reservation it acts on, by its number; nil for a reservation.
    public let reservation: Int?
    /// The account's limit at that moment.
    public let limitThen: Int64
    /// What was drawn after it.
    public let drawnThen: Int64

    /// A line of the ledger.
    public init(
        orderID: UUID, number: Int, account: AccountKey, accountNumber: Int64, kind: Kind, amount: Int64, rest: Int64 = 0,
        reservation: Int? = nil, limitThen: Int64, drawnThen: Int64
    ) {
        (self.orderID, self.number, self.account, self.accountNumber) = (orderID, number, account, accountNumber)
        (self.kind, self.amount, self.rest, self.reservation) = (kind, amount, rest, reservation)
        (self.limitThen, self.drawnThen) = (limitThen, drawnThen)
    }
}

/// What a transfer adds to each side of its account. The pairs cancel out: what is drawn is pending, posted or forfeited.
public struct Entries: Sendable, Hashable {
    /// To what is drawn.
    public let drawn: Int64
    /// To what is pending.
    public let pending: Int64
    /// To what is used.
    public let posted: Int64
    /// To what is lost.
    public let forfeited: Int64

    /// What a transfer of that kind moves.
    public init(_ kind: Transfer.Kind, amount: Int64, rest: Int64) {
        switch kind {
        case .reserve: (drawn, pending, posted, forfeited) = (amount, amount, 0, 0)
        case .reduce, .release: (drawn, pending, posted, forfeited) = (-amount, -amount, 0, 0)
        case .post: (drawn, pending, posted, forfeited) = (-rest, -amount - rest, amount, 0)
        case .postWhole: (drawn, pending, posted, forfeited) = (0, -amount - rest, amount, rest)
        case .forfeit: (drawn, pending, posted, forfeited) = (0, -amount, 0, amount)
        case .returnFunds: (drawn, pending, posted, forfeited) = (-amount, 0, -amount, 0)
        }
    }
}
