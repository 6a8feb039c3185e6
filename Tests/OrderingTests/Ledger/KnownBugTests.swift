import Foundation
import Kernel
import OrderingDomain
import Programme
import QuotaLedger
import Testing

/// Known bugs of other ledgers.
@Suite("Quota ledger: known bugs of other ledgers")
struct KnownBugTests {
    private let programme: Programme
    private let order = UUID()
    private let quota = AccountKey(text: "beijing-2026/enterprise-year/2026/e")
    private let stock = AccountKey(text: "beijing-2026/product-stock/p")

    init() throws { programme = try TestProgrammes.beijing2026() }

    private func demands(_ fen: Int64, quotaLimit: Int64 = 1000, stockLimit: Int64 = 2) -> [CapDemand] {
        [
            CapDemand(cap: "enterprise-year", account: quota, unit: .fen, amount: fen, limit: quotaLimit),
            CapDemand(cap: "product-stock", account: stock, unit: .vouchers, amount: 1, limit: stockLimit),
        ]
    }

    private func refusal(_ work: () throws -> Void) -> Refusal? {
        do {
            try work()
            return nil
        } catch { return error as? Refusal }
    }

    @Test("QUAN-08: pending reservations count: two concurrent orders cannot reserve more than the limit")
    func inFlight() throws {
        var ledger = Ledger()
        try ledger.reserve(demands(600), for: order, in: programme)
        let refusal = refusal { try ledger.reserve(demands(600), for: UUID(), in: programme) }
        #expect(refusal?.slug == "enterprise-quota-exhausted")
        #expect(refusal?.clauses.first == "BJ26-03")
        #expect(refusal?.numbers.map(\.value) == [.integer(600), .integer(400), .integer(1000)])
    }

    @Test("BJ26-28: a reservation that fails on its last account changes none of its accounts")
    func allOrNone() throws {
        var ledger = Ledger()
        try ledger.reserve(demands(100), for: order, in: programme)
        try ledger.reserve(demands(100), for: UUID(), in: programme)
        let before = ledger.accounts
        #expect(refusal { try ledger.reserve(demands(100), for: UUID(), in: programme) }?.slug == "product-vouchers-used-up")
        #expect(ledger.accounts == before)
        #expect(ledger.transfers.count == 4)
    }

    @Test("a released reservation cannot be posted (post after void)")
    func postAfterVoid() throws {
        var ledger = Ledger()
        try ledger.reserve(demands(100), for: order, in: programme)
        try ledger.release(order)
        #expect(refusal { try ledger.post(order) }?.clauses.first == "QUAN-15")
        #expect(refusal { try ledger.restate(Fen(50), for: order, caps: [], mayTopUp: true, in: programme) }?.clauses.first == "QUAN-15")
        #expect(ledger.accounts[quota]?.posted == 0)
    }

    @Test("a released or posted reservation cannot be released (double void)")
    func doubleVoid() throws {
        var ledger = Ledger()
        try ledger.reserve(demands(100), for: order, in: programme)
        let other = UUID()
        try ledger.reserve(demands(100), for: other, in: programme)
        try ledger.release(order)
        #expect(refusal { try ledger.release(order) }?.clauses.first == "QUAN-15")
        #expect(refusal { try ledger.forfeit(order) }?.clauses.first == "QUAN-15")
        try ledger.post(other)
        #expect(refusal { try ledger.release(other) }?.clauses.first == "QUAN-15")
        #expect(ledger.accounts[quota]?.drawn == 100)
        #expect(ledger.accounts[stock]?.drawn == 1)
    }

    @Test("BJ26-47: funds are returned once, and never more than was posted (repeated return)")
    func repeatedReturn() throws {
        var ledger = Ledger()
        try ledger.reserve(demands(100), for: order, in: programme)
        #expect(refusal { try ledger.giveBack(order) }?.clauses.first == "QUAN-15")
        try ledger.post(order, fen: Fen(80))
        try ledger.giveBack(order, fen: Fen(30))
        #expect(ledger.accounts[stock]?.posted == 1, "the voucher stays posted while part of the money is posted")
        #expect(refusal { try ledger.giveBack(order, fen: Fen(51)) }?.clauses.first == "QUAN-11")
        try ledger.giveBack(order, fen: Fen(50))
        #expect(refusal { try ledger.giveBack(order, fen: Fen(50)) }?.clauses.first == "QUAN-15")
        #expect(refusal { try ledger.giveBack(order) }?.clauses.first == "QUAN-15")
        #expect(ledger.accounts[quota]?.drawn == 0)
        #expect(ledger.accounts[stock]?.drawn == 0)
    }

    @Test("no more than the reserved amount can be posted; the rest is released")
    func postBeyond() throws {
        var ledger = Ledger()
        try ledger.reserve(demands(100), for: order, in: programme)
        #expect(refusal { try ledger.post(order, fen: Fen(101)) }?.clauses.first == "QUAN-11")
        #expect(refusal { try ledger.post(order, fen: Fen(-1)) }?.clauses.first == "QUAN-11")
        try ledger.post(order, fen: Fen(60))
        #expect(ledger.accounts[quota]?.posted == 60)
        #expect(ledger.accounts[quota]?.left == 940)
    }

    @Test("lowering a limit freezes the account: existing reservations can be posted, new ones are refused")
    func lowered() throws {
        var ledger = Ledger()
        try ledger.reserve(demands(100), for: order, in: programme)
        ledger.setLimit(50, of: quota, cap: "enterprise-year", unit: .fen)
        #expect(ledger.accounts[quota]?.isFrozen == true)
        #expect(ledger.accounts[quota]?.left == 0)
        let more = CapDemand(cap: "enterprise-year", account: quota, unit: .fen, amount: 1, limit: nil)
        #expect(refusal { try ledger.reserve([more], for: UUID(), in: programme) }?.clauses.first == "BJ26-03")
        try ledger.restate(Fen(90), for: order, caps: [], mayTopUp: true, in: programme)
        try ledger.post(order, fen: Fen(90))
        #expect(ledger.accounts[quota]?.posted == 90)
    }

    @Test("QUAN-11: zero, negative and overflowing amounts are refused")
    func overflow() throws {
        var ledger = Ledger()
        for amount in [0, -1, Int64.min] {
            #expect(refusal { try ledger.reserve(demands(amount), for: order, in: programme) }?.clauses.first == "QUAN-11")
        }
        try ledger.reserve(demands(900, quotaLimit: Int64.max), for: UUID(), in: programme)
        #expect(
            refusal { try ledger.reserve(demands(Int64.max, quotaLimit: Int64.max), for: order, in: programme) }?.clauses.first == "BJ26-03"
        )
        let twice = CapDemand(cap: "enterprise-year", account: quota, unit: .fen, amount: Int64.max / 2, limit: Int64.max)
        #expect(refusal { try ledger.reserve([twice, twice, twice], for: order, in: programme) }?.clauses.first == "BJ26-03")
    }
}
