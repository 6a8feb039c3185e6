import Foundation
import Kernel
import Programme

/// The simplest model of the quota ledger: one number per order, account and side, without transfers.
struct LedgerModel {
    struct Cell: Equatable {
        var pending: Int64 = 0
        var posted: Int64 = 0
        var forfeited: Int64 = 0
        var isOpen = false
        var drawn: Int64 { pending + posted + forfeited }
    }

    struct HoldKey: Hashable {
        let order: UUID
        let account: AccountKey
    }

    var limits: [AccountKey: Int64]
    let units: [AccountKey: Cap.Unit]
    var cells: [HoldKey: Cell] = [:]

    func drawn(_ account: AccountKey) -> Int64 { sum(account, \.drawn) }

    func sum(_ account: AccountKey, _ side: (Cell) -> Int64) -> Int64 {
        cells.reduce(0) { $0 + ($1.key.account == account ? side($1.value) : 0) }
    }

    private func places(_ order: UUID) -> [HoldKey] { cells.keys.filter { $0.order == order } }
    private func isMoney(_ place: HoldKey) -> Bool { units[place.account] == .fen }

    /// Every operation returns whether it was done.
    mutating func reserve(_ order: UUID, _ amounts: [AccountKey: Int64]) -> Bool {
        guard amounts.allSatisfy({ drawn($0.key) + $0.value <= limits[$0.key] ?? 0 && $0.value > 0 }) else { return false }
        for (account, amount) in amounts {
            cells[HoldKey(order: order, account: account), default: Cell()].pending += amount
            cells[HoldKey(order: order, account: account)]?.isOpen = true
        }
        return true
    }

    mutating func restate(_ order: UUID, _ fen: Int64, mayTopUp: Bool) -> Bool {
        let all = places(order)
        guard fen > 0, all.isEmpty || all.contains(where: { cells[$0]?.isOpen ?? false }) else { return false }
        let money = all.filter(isMoney)
        for place in money where mayTopUp {
            let more = fen - (cells[place]?.pending ?? 0)
            if more > 0, more > max(0, (limits[place.account] ?? 0) - drawn(place.account)) { return false }
        }
        for place in money {
            let pending = cells[place]?.pending ?? 0
            if fen < pending || mayTopUp { cells[place]?.pending = fen }
        }
        return true
    }

    mutating func end(_ order: UUID, fen: Int64?, used: Bool, forfeitsRest: Bool) -> Bool {
        let open = places(order).filter { cells[$0]?.isOpen ?? false }
        guard !open.isEmpty || places(order).isEmpty else { return false }
        if let fen, used {
            guard fen >= 0, open.filter(isMoney).allSatisfy({ fen <= cells[$0]?.pending ?? 0 }) else { return false }
        }
        for place in open {
            let pending = cells[place]?.pending ?? 0
            let part = used ? (isMoney(place) ? fen ?? pending : pending) : 0
            cells[place]?.posted += part
            if forfeitsRest { cells[place]?.forfeited += pending - part }
            cells[place]?.pending = 0
            cells[place]?.isOpen = false
        }
        return true
    }

    mutating func giveBack(_ order: UUID, fen: Int64?) -> Bool {
        let used = places(order).filter { (cells[$0]?.posted ?? 0) > 0 }
        guard fen.map({ $0 > 0 }) ?? true, !used.isEmpty || places(order).isEmpty else { return false }
        let money = used.filter(isMoney)
        if let fen, !money.allSatisfy({ fen <= cells[$0]?.posted ?? 0 }) { return false }
        for place in money {
            let posted = cells[place]?.posted ?? 0
            cells[place]?.posted = posted - (fen ?? posted)
        }
        guard money.allSatisfy({ cells[$0]?.posted == 0 }) else { return true }
        for place in used where !isMoney(place) { cells[place]?.posted = 0 }
        return true
    }
}
