import Foundation
import Kernel
import OrderingDomain
import Programme
import QuotaLedger
import Testing

/// Runs random histories on the ledger and on the simple model, and compares them.
@Suite("Quota ledger: random histories")
struct LedgerPropertyTests {
    @Test("after every step of 300 random histories the ledger equals the simple model", arguments: 0..<300)
    func history(seed: Int) throws {
        var history = try RandomLedgerHistory(seed: UInt64(seed))
        for step in 0..<120 {
            let act = history.act()
            #expect(act.ledger == act.model, "seed \(seed), step \(step): \(act.name)")
            try history.compare("seed \(seed), step \(step): \(act.name)")
            if act.ledger != act.model { return }
        }
    }

    @Test("the histories contain successes and refusals of every operation")
    func coverage() throws {
        var done: [String: Set<Bool>] = [:]
        for seed in 0..<60 {
            var history = try RandomLedgerHistory(seed: UInt64(seed))
            for _ in 0..<120 {
                let act = history.act()
                done[act.kind, default: []].insert(act.ledger)
            }
        }
        for kind in ["reserve", "restate", "post", "post-whole", "release", "forfeit", "return"] { #expect(done[kind] == [true, false]) }
    }
}

/// One random history.
struct RandomLedgerHistory {
    private var random: SplitMix64
    private(set) var ledger: Ledger
    private(set) var model: LedgerModel
    private let programme: Programme
    private let accounts: [(key: AccountKey, cap: String, unit: Cap.Unit)]
    private let orders: [UUID]
    private var reservedUnder: [AccountKey: [(limit: Int64, drawn: Int64)]] = [:]

    init(seed: UInt64) throws {
        programme = try TestProgrammes.beijing2026()
        random = SplitMix64(seed: seed)
        accounts = [
            (AccountKey(text: "t/enterprise-year/2026/a"), "enterprise-year", .fen),
            (AccountKey(text: "t/enterprise-year/2026/b"), "enterprise-year", .fen),
            (AccountKey(text: "t/product-stock/p"), "product-stock", .vouchers),
            (AccountKey(text: "t/programme-budget/2026"), "programme-budget", .fen),
        ]
        orders = (0..<6).map { UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, UInt8($0))) }
        var limits: [AccountKey: Int64] = [:]
        for account in accounts { limits[account.key] = account.unit == .fen ? Int64.random(in: 50...400, using: &random) : 4 }
        ledger = Ledger(
            accounts: accounts.map { Account(key: $0.key, cap: $0.cap, unit: $0.unit, limit: limits[$0.key] ?? 0) })
        model = LedgerModel(limits: limits, units: Dictionary(uniqueKeysWithValues: accounts.map { ($0.key, $0.unit) }))
    }

    /// Runs one operation on both.
    mutating func act() -> (kind: String, name: String, ledger: Bool, model: Bool) {
        let order = orders.randomElement(using: &random) ?? orders[0]
        let fen = Int64.random(in: -5...150, using: &random)
        let maybe = Bool.random(using: &random) ? fen : nil
        switch Int.random(in: 0..<9, using: &random) {
        case 0, 1: return reserve(order, fen)
        case 2:
            let mayTopUp = Bool.random(using: &random)
            return both("restate", order, { try $0.restate(Fen(fen), for: order, caps: [], mayTopUp: mayTopUp, in: $1) }) {
                $0.restate(order, fen, mayTopUp: mayTopUp)
            }
        case 3:
            return both("post", order, { ledger, _ in try ledger.post(order, fen: maybe.map { Fen($0) }) }) {
                $0.end(order, fen: maybe, used: true, forfeitsRest: false)
            }
        case 4:
            return both("post-whole", order, { ledger, _ in try ledger.post(order, fen: maybe.map { Fen($0) }, forfeitsRest: true) }) {
                $0.end(order, fen: maybe, used: true, forfeitsRest: true)
            }
        case 5:
            return both("release", order, { ledger, _ in try ledger.release(order) }) {
                $0.end(order, fen: nil, used: false, forfeitsRest: false)
            }
        case 6:
            return both("forfeit", order, { ledger, _ in try ledger.forfeit(order) }) {
                $0.end(order, fen: nil, used: false, forfeitsRest: true)
            }
        case 7:
            return both("return", order, { ledger, _ in try ledger.giveBack(order, fen: maybe.map { Fen($0) }) }) {
                $0.giveBack(order, fen: maybe)
            }
        default: return lower()
        }
    }

    /// An order reserves once, in one enterprise account, the stock and the budget.
    private mutating func reserve(_ order: UUID, _ fen: Int64) -> (kind: String, name: String, ledger: Bool, model: Bool) {
        let chosen = [accounts[Int.random(in: 0...1, using: &random)], accounts[2], accounts[3]]
        let demands = chosen.map {
            CapDemand(cap: $0.cap, account: $0.key, unit: $0.unit, amount: $0.unit == .fen ? fen : 1, limit: nil)
        }
        guard ledger.hold(of: order).count == 0 else { return ("again", "again", true, true) }
        return both("reserve", order, { try $0.reserve(demands, for: order, in: $1) }) { model in
            model.reserve(order, Dictionary(uniqueKeysWithValues: demands.map { ($0.account, $0.amount) }))
        }
    }

    private mutating func lower() -> (kind: String, name: String, ledger: Bool, model: Bool) {
        let account = accounts.randomElement(using: &random) ?? accounts[0]
        let limit = account.unit == .fen ? Int64.random(in: 0...400, using: &random) : Int64.random(in: 0...5, using: &random)
        ledger.setLimit(limit, of: account.key, cap: account.cap, unit: account.unit)
        model.limits[account.key] = limit
        return ("limit", "limit of \(account.key)", true, true)
    }

    private mutating func both(
        _ kind: String, _ order: UUID, _ real: (inout Ledger, Programme) throws -> Void, _ simple: (inout LedgerModel) -> Bool
    ) -> (kind: String, name: String, ledger: Bool, model: Bool) {
        let before = ledger
        var isDone = true
        do { try real(&ledger, programme) } catch { isDone = false }
        // A refused operation must change nothing.
        if !isDone { isDone = before.accounts != ledger.accounts || before.transfers != ledger.transfers }
        return (kind, "\(kind) of \(order.uuidString.suffix(2))", isDone, simple(&model))
    }

    /// Compares everything that both provide.
    func compare(_ what: String) throws {
        for (key, _, _) in accounts {
            let account = try #require(ledger.accounts[key])
            #expect(account.isBalanced, "\(what): \(key)")
            #expect(account.pending == model.sum(key, \.pending), "\(what): pending of \(key)")
            #expect(account.posted == model.sum(key, \.posted), "\(what): posted of \(key)")
            #expect(account.forfeited == model.sum(key, \.forfeited), "\(what): forfeited of \(key)")
            #expect(account.left == max(0, (model.limits[key] ?? 0) - model.drawn(key)), "\(what): left of \(key)")
        }
        try compareTransfers(what)
    }

    /// The transfers alone give the same balances, never exceed a limit, and end each reservation once.
    private func compareTransfers(_ what: String) throws {
        var drawn: [AccountKey: Int64] = [:]
        var ended: Set<String> = []
        for transfer in ledger.transfers {
            let entries = Entries(transfer.kind, amount: transfer.amount, rest: transfer.rest)
            #expect(entries.drawn == entries.pending + entries.posted + entries.forfeited, "\(what): the sides are not balanced")
            drawn[transfer.account, default: 0] += entries.drawn
            #expect(drawn[transfer.account] == transfer.drawnThen, "\(what)")
            if transfer.kind == .reserve { #expect(transfer.drawnThen <= transfer.limitThen, "\(what): a limit was exceeded") }
            if transfer.kind.isEnd {
                #expect(ended.insert("\(transfer.orderID) \(transfer.reservation ?? 0)").inserted, "\(what): ended twice")
            }
        }
        for (key, account) in ledger.accounts { #expect(drawn[key, default: 0] == account.drawn, "\(what): \(key)") }
        for order in orders {
            let folded = Hold(orderID: order, ledger.transfers.filter { $0.orderID == order })
            #expect(folded == ledger.hold(of: order), "\(what)")
        }
    }
}
