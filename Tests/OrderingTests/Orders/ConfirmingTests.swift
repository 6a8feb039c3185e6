import Foundation
import Kernel
import Messages
import OrderingDomain
import Programme
import Testing

/// The enterprise's confirmation of a contract before its quota is used (IN-53).
@Suite("Confirmation of contracts by the enterprise")
struct ConfirmingTests {
    private let now = Result { try beijing("2026-05-22") }

    /// An order of 3,000 yuan with a contract of the given voucher amount.
    private func contracted(_ voucher: Fen, _ programme: Programme? = nil) throws -> (scenario: OrderScenario, order: Order) {
        var scenario = try OrderScenario(programme)
        let order = try scenario.accepted(yuan(3_000), at: try beijing("2026-05-20"))
        try record(voucher, &scenario, order)
        return (scenario, order)
    }

    @discardableResult
    private func record(_ voucher: Fen, _ scenario: inout OrderScenario, _ order: Order) throws -> OrderChange {
        let total = voucher.rawValue / 30
        return try scenario.record(
            try scenario.contract(order, totalYuan: total, voucher: voucher, on: "2026-05-21"), order, at: try now.get())
    }

    @Test("IN-53: a contract above the ordered amount needs the enterprise's confirmation; until then the ordered amount is reserved")
    func aboveOrdered() throws {
        var (scenario, order) = try contracted(yuan(6_000))
        #expect(scenario.drawn("enterprise-year") == 300_000)
        #expect(scenario.orders[order.id]?.voucher == yuan(3_000))
        #expect(scenario.orders[order.id]?.progress.pendingVoucher == yuan(6_000))
        let change = try scenario.confirm(order, of: yuan(6_000), at: try now.get())
        #expect(change.event.order.voucherFen == yuan(6_000))
        #expect(change.event.order.pendingVoucherFen == nil)
        #expect(change.event.order.state == "contracted")
        #expect(scenario.drawn("enterprise-year") == 600_000)
        #expect(scenario.drawn("programme-budget") == 600_000)
        #expect(scenario.drawn("product-stock") == 1)
    }

    @Test("IN-53: the event contains the pending voucher amount and the reserved amount")
    func published() throws {
        var scenario = try OrderScenario()
        let order = try scenario.accepted(yuan(3_000), at: try beijing("2026-05-20"))
        let event = try record(yuan(6_000), &scenario, order).event.order
        #expect(event.voucherFen == yuan(3_000))
        #expect(event.pendingVoucherFen == yuan(6_000))
        #expect(event.contract?.voucherFen == yuan(6_000))
    }

    @Test("IN-53: a contract of at most the ordered amount needs no confirmation")
    func withinOrdered() throws {
        for voucher in [yuan(3_000), yuan(1_500)] {
            let (scenario, order) = try contracted(voucher)
            #expect(scenario.orders[order.id]?.progress.pendingVoucher == nil)
            #expect(scenario.drawn("enterprise-year") == voucher.rawValue)
        }
    }

    @Test("QUAN-08: a confirmation refused by a cap changes nothing: the ordered amount stays reserved and the contract stays pending")
    func capped() throws {
        let tight = try TestProgrammes.beijing2026().altering(cap: "programme-budget") { $0.limit = .fixed(599_999) }
        var (scenario, order) = try contracted(yuan(6_000), tight)
        let refused = try refusal { try scenario.confirm(order, at: try now.get()) }
        #expect(refused?.clauses.first == "QUAN-08")
        #expect(refused?.numbers.map(\.value) == [.integer(300_000), .integer(299_999), .integer(599_999)])
        #expect(scenario.drawn("enterprise-year") == 300_000, "no account is topped up if one cap refuses")
        #expect(scenario.orders[order.id]?.progress.pendingVoucher == yuan(6_000))
    }

    @Test("QUAN-10: only the enterprise of the order confirms or disputes its contract")
    func othersMayNot() throws {
        var (scenario, order) = try contracted(yuan(6_000))
        let stranger = Actor(person: "p", organisation: UUID(), roles: ["enterprise"])
        for actor in [scenario.seller, stranger] {
            #expect(try refusal { try scenario.confirm(order, by: actor, at: try now.get()) }?.clauses.prefix(2) == ["QUAN-10", "BJ26-62"])
            #expect(try refusal { try scenario.dispute(order, by: actor, at: try now.get()) }?.clauses.first == "QUAN-10")
        }
        #expect(scenario.drawn("enterprise-year") == 300_000)
    }

    @Test("QUAN-15: a contract cannot be confirmed if it is not pending, or if it was recorded again since the enterprise saw it")
    func confirmedUnseen() throws {
        var (scenario, order) = try contracted(yuan(6_000))
        try record(yuan(9_000), &scenario, order)
        let refused = try refusal { try scenario.confirm(order, of: yuan(6_000), at: try now.get()) }
        #expect(refused?.clauses.first == "QUAN-15")
        #expect(refused?.numbers.prefix(2).map(\.value) == [.integer(600_000), .integer(900_000)])
        try scenario.confirm(order, of: yuan(9_000), at: try now.get())
        #expect(try refusal { try scenario.confirm(order, at: try now.get()) }?.clauses.first == "QUAN-15")
    }

    @Test("IN-53: after a confirmation the institution can record contracts up to that amount without a new one")
    func recordedAnew() throws {
        var (scenario, order) = try contracted(yuan(6_000))
        try scenario.confirm(order, at: try now.get())
        try record(yuan(4_500), &scenario, order)
        #expect(scenario.drawn("enterprise-year") == 450_000)
        try record(yuan(6_000), &scenario, order)
        #expect(scenario.drawn("enterprise-year") == 600_000)
        try record(yuan(6_003), &scenario, order)
        #expect(scenario.drawn("enterprise-year") == 600_000)
        #expect(scenario.orders[order.id]?.progress.pendingVoucher == yuan(6_003))
    }

    @Test(
        "IN-53: a dispute suspends the contract, releases the topped-up amount and cancels the confirmation; recording it again restores it"
    )
    func disputed() throws {
        var (scenario, order) = try contracted(yuan(6_000))
        try scenario.confirm(order, at: try now.get())
        let change = try scenario.dispute(order, reason: "未约定此金额", at: try now.get())
        #expect(change.event.order.state == "disputed")
        #expect(change.event.order.contractDispute == "未约定此金额")
        #expect(change.event.reason == "未约定此金额")
        #expect(scenario.drawn("enterprise-year") == 300_000)
        #expect(try refusal { try scenario.confirm(order, at: try now.get()) }?.clauses.first == "QUAN-15")
        let again = try record(yuan(6_000), &scenario, order).event.order
        #expect(again.state == "contracted")
        #expect(again.contractDispute == nil)
        #expect(again.pendingVoucherFen == yuan(6_000), "a contract above the ordered amount is pending again")
        #expect(scenario.drawn("enterprise-year") == 300_000)
        try scenario.dispute(order, at: try now.get())
        #expect(try record(yuan(3_000), &scenario, order).event.order.pendingVoucherFen == nil)
    }

    @Test(
        "a contract within the ordered amount can be disputed too, with a reason, also after completion; its amount stays reserved")
    func disputedCheaper() throws {
        var (scenario, order) = try contracted(yuan(1_500))
        #expect(try refusal { try scenario.dispute(order, reason: " ", at: try now.get()) }?.clauses.first == "QUAN-01")
        try scenario.take("confirm-completion", order, by: scenario.buyer, at: try now.get())
        try scenario.dispute(order, at: try now.get())
        #expect(scenario.drawn("enterprise-year") == 150_000)
        #expect(
            try refusal { try scenario.take("confirm-completion", order, by: scenario.buyer, at: try now.get()) }?.clauses.first
                == "QUAN-15")
    }

    @Test("IN-53: a contract can be disputed until its redemption is decided; without that requirement also later")
    func disputedLate() throws {
        func dispute(_ programme: Programme? = nil, in state: String?) throws -> Refusal? {
            var (scenario, order) = try contracted(yuan(3_000), programme)
            scenario.orders[order.id]?.redemptionState = state
            return try refusal { try scenario.dispute(order, at: try now.get()) }
        }
        for state in [nil, "awaiting", "in-review", "returned", "determined"] { #expect(try dispute(in: state) == nil) }
        for state in ["decided", "in-notice", "objected", "approved", "waived"] {
            #expect(try dispute(in: state)?.clauses.first == "QUAN-15", "\(state)")
        }
        let free = try TestProgrammes.beijing2026().altering(step: StepReference("order", "dispute-contract")) { $0.needs = [] }
        #expect(try dispute(free, in: "decided") == nil)
    }

    @Test("after redemption has settled an order, its contract can be neither confirmed nor disputed")
    func settled() throws {
        var (scenario, order) = try contracted(yuan(6_000))
        try scenario.settle("redemption.notice", order, fen: yuan(2_000), by: "redemption", at: try now.get())
        #expect(try refusal { try scenario.confirm(order, at: try now.get()) }?.clauses.first == "QUAN-15")
        #expect(try refusal { try scenario.dispute(order, at: try now.get()) }?.clauses.first == "QUAN-15")
        #expect(scenario.drawn("enterprise-year") == 200_000)
    }

    @Test("BJ26-03: confirmed contracts of many orders together never exceed the enterprise's yearly limit")
    func manyAboveOrdered() throws {
        var scenario = try OrderScenario()
        var orders: [Order] = []
        for _ in 0..<20 { orders.append(try scenario.accepted(yuan(3_000), at: try beijing("2026-05-20"))) }
        for order in orders { try record(yuan(15_000), &scenario, order) }
        #expect(scenario.drawn("enterprise-year") == 6_000_000)
        var refusals: [Refusal] = []
        for order in orders {
            if let refused = try refusal({ try scenario.confirm(order, at: try now.get()) }) { refusals.append(refused) }
        }
        #expect(refusals.count == 9, "60,000 yuan and eleven times 12,000 are within 200,000")
        #expect(refusals.allSatisfy { $0.clauses.first == "BJ26-03" })
        #expect(scenario.drawn("enterprise-year") == 19_200_000)
    }
}
