public import Foundation
import Kernel
public import Programme

/// The quota ledger, as far as a batch of decisions looks at it: accounts, what orders hold on them, and the transfers decided so far.
///
/// Every operation happens whole or not at all: it is refused before anything is moved. Limits are asked at a reservation and never again;
/// a limit lowered later freezes the account and breaks nothing.
public struct Ledger: Sendable, Hashable {
    /// The accounts, by key.
    public private(set) var accounts: [AccountKey: Account]
    /// What each order holds.
    public private(set) var holds: [UUID: Hold]
    /// What was decided here and is not written yet, in order.
    public private(set) var transfers: [Transfer] = []
    /// The accounts that are not as they were loaded.
    public private(set) var changed: Set<AccountKey> = []

    /// A ledger of these accounts, and of what these orders hold.
    public init(accounts: [Account] = [], holds: [Hold] = []) {
        self.accounts = Dictionary(accounts.map { ($0.key, $0) }) { $1 }
        self.holds = Dictionary(holds.map { ($0.orderID, $0) }) { $1 }
    }

    /// What an order holds; nothing where it never reserved.
    public func hold(of orderID: UUID) -> Hold { holds[orderID] ?? Hold(orderID: orderID) }

    /// Opens an account, or gives it another limit. What is drawn stays as it is.
    public mutating func setLimit(_ limit: Int64, of key: AccountKey, cap: String, unit: Cap.Unit) {
        if accounts[key]?.limit == limit { return }
        accounts[key, default: Account(key: key, cap: cap, unit: unit, limit: limit)].limit = limit
        changed.insert(key)
    }

    /// Adds one transfer to the account and to the order's hold. Whether it may be was asked before.
    mutating func move(
        _ orderID: UUID, _ kind: Transfer.Kind, on key: AccountKey, amount: Int64, rest: Int64 = 0, reservation: Int? = nil
    ) {
        guard var account = accounts[key] else { return }
        let entries = Entries(kind, amount: amount, rest: rest)
        account.drawn += entries.drawn
        account.pending += entries.pending
        account.posted += entries.posted
        account.forfeited += entries.forfeited
        account.version += 1
        var hold = hold(of: orderID)
        let transfer = Transfer(
            orderID: orderID, number: hold.count + 1, account: key, accountNumber: account.version, kind: kind, amount: amount, rest: rest,
            reservation: reservation, limitThen: account.limit, drawnThen: account.drawn)
        hold.apply(transfer)
        accounts[key] = account
        holds[orderID] = hold
        transfers.append(transfer)
        changed.insert(key)
    }

    /// Nothing is left to be written.
    public mutating func written() {
        transfers = []
        changed = []
    }
}
