public import Foundation
public import Programme

/// A reservation of an order on an account, and what has become of it.
public struct Reservation: Sendable, Hashable {
    /// Its number among the order's transfers.
    public let number: Int
    /// The account.
    public let account: AccountKey
    /// What is still pending of it.
    public internal(set) var pending: Int64
    /// What of it is used and was not given back.
    public internal(set) var posted: Int64
    /// What of it is lost.
    public internal(set) var forfeited: Int64
    /// Whether it was ended: used, released or lost.
    public internal(set) var isEnded: Bool
}

/// All that one order holds and held, on every account: the fold of its transfers.
public struct Hold: Sendable, Hashable {
    /// The order.
    public let orderID: UUID
    /// Its reservations in the order they were made.
    public private(set) var reservations: [Reservation] = []
    /// How many transfers it has had.
    public private(set) var count = 0

    /// The hold of an order that has had these transfers, in the order of their numbers.
    public init(orderID: UUID, _ transfers: some Sequence<Transfer> = []) {
        self.orderID = orderID
        for transfer in transfers { apply(transfer) }
    }

    /// The accounts it has ever reserved on, each once, in the order of locks.
    public var accounts: [AccountKey] { Set(reservations.map(\.account)).sorted() }

    /// What is pending on an account.
    public func pending(on account: AccountKey) -> Int64 {
        reservations.reduce(0) { $0 + ($1.account == account ? $1.pending : 0) }
    }

    /// What is used on an account.
    public func posted(on account: AccountKey) -> Int64 {
        reservations.reduce(0) { $0 + ($1.account == account ? $1.posted : 0) }
    }

    /// Whether anything is pending.
    public var isPending: Bool { reservations.contains { !$0.isEnded } }

    mutating func apply(_ transfer: Transfer) {
        count = max(count, transfer.number)
        guard transfer.kind != .reserve else {
            reservations.append(
                Reservation(
                    number: transfer.number, account: transfer.account, pending: transfer.amount, posted: 0, forfeited: 0, isEnded: false))
            return
        }
        guard let index = reservations.firstIndex(where: { $0.number == transfer.reservation }) else { return }
        let entries = Entries(transfer.kind, amount: transfer.amount, rest: transfer.rest)
        reservations[index].pending += entries.pending
        reservations[index].posted += entries.posted
        reservations[index].forfeited += entries.forfeited
        if transfer.kind.isEnd { reservations[index].isEnded = true }
    }
}
