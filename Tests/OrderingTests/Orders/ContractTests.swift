import Foundation
import Kernel
import Messages
import OrderingDomain
import Programme
import Testing

/// The checks of a recorded contract, and its effect on the reservation.
@Suite("Contracts")
struct ContractTests {
    private let now = Result { try beijing("2026-05-22") }

    private func record(
        _ programme: Programme? = nil, held: Fen = yuan(3_000), _ change: (OrderScenario, Order) throws -> ContractFacts
    ) throws -> (refusal: Refusal?, scenario: OrderScenario) {
        var scenario = try OrderScenario(programme)
        let order = try scenario.accepted(held, at: try beijing("2026-05-20"))
        let contract = try change(scenario, order)
        let refusal = try refusal { try scenario.record(contract, order, at: try now.get()) }
        return (refusal, scenario)
    }

    private func facts(
        _ order: Order, name: String? = nil, total: Fen = yuan(10_000), voucher: Fen = yuan(3_000), selfPaid: Fen = yuan(7_000),
        signed: String = "2026-05-21", from: String = "2026-05-21", through: String? = nil, isSingleDelivery: Bool? = true,
        price: Fen? = nil, quantity: Int? = nil
    ) throws -> ContractFacts {
        ContractFacts(
            productName: name ?? order.product.name, totalFen: total, voucherFen: voucher, selfPaidFen: selfPaid,
            signedOn: try CalendarDate(signed), serviceFrom: try CalendarDate(from),
            serviceThrough: try through.map { try CalendarDate($0) }, isSingleDelivery: isSingleDelivery, priceFen: price,
            quantity: quantity)
    }

    @Test("a contract that violates a clause is refused under it, and recorded without the clause")
    func clauses() throws {
        let cases: [(clause: String, slug: String, (Order) throws -> ContractFacts)] = [
            ("BJ26-31", "contract-other-product", { try facts($0, name: "别的产品") }),
            ("BJ26-32", "contract-amounts-do-not-add-up", { try facts($0, selfPaid: yuan(6_999)) }),
            ("BJ26-33", "contract-before-order", { try facts($0, signed: "2026-05-19") }),
            ("BJ26-33", "service-before-order", { try facts($0, from: "2026-05-19") }),
            ("BJ26-43", "price-outside-guide", { try facts($0, total: yuan(100_001), selfPaid: yuan(97_001)) }),
            (
                "BJ26-43", "price-outside-guide",
                { try facts($0, total: yuan(9_900), voucher: yuan(2_970), selfPaid: yuan(6_930), price: yuan(99), quantity: 100) }
            ),
            ("BJ26-38", "service-starts-too-late", { try facts($0, from: "2026-09-22") }),
        ]
        for (clause, slug, contract) in cases {
            let refused = try record { _, order in try contract(order) }
            #expect(refused.refusal?.slug == slug)
            #expect(refused.refusal?.clauses.first == clause)
            let without = try TestProgrammes.beijing2026().without(clause: clause)
            #expect(!without.removed.isEmpty)
            #expect(try record(without.programme) { _, order in try contract(order) }.refusal == nil, "without \(clause)")
        }
    }

    @Test("BJ26-33, IN-08: a contract may be as old as the first order for the product, even if that was cancelled")
    func firstOrder() throws {
        var scenario = try OrderScenario()
        let first = try scenario.place(yuan(10), at: try beijing("2026-05-06")).order
        try scenario.take("cancel-order", first, by: scenario.buyer, at: try beijing("2026-05-06"))
        let order = try scenario.place(yuan(3_000), at: try beijing("2026-05-20"), firstPlacedOn: first.placedOn).order
        try scenario.take(Deciding.confirmCredit, order, by: .platform, at: try beijing("2026-05-20"))
        try scenario.take("accept-order", order, by: scenario.seller, at: try beijing("2026-05-20"))
        let contract = try facts(order, signed: "2026-05-06", from: "2026-05-06")
        #expect(try scenario.record(contract, order, at: try now.get()).order.state == "contracted")
    }

    @Test("IN-11: a contract below the ordered amount releases the difference in every money cap, and keeps the voucher")
    func cheaper() throws {
        let (refusal, scenario) = try record { _, order in
            try facts(order, total: yuan(5_000), voucher: yuan(1_500), selfPaid: yuan(3_500))
        }
        #expect(refusal == nil)
        #expect(scenario.drawn("enterprise-year") == 150_000)
        #expect(scenario.drawn("programme-budget") == 150_000)
        #expect(scenario.drawn("product-stock") == 1)
        #expect(scenario.orders.values.first?.voucher == yuan(1_500))
    }

    @Test("IN-11: if the programme keeps the ordered amount, a contract above it is recorded with that amount and needs no confirmation")
    func kept() throws {
        var keeping = try TestProgrammes.beijing2026()
        keeping.subsidy.dearer = .keep
        let kept = try record(keeping) { _, order in try facts(order, total: yuan(20_000), voucher: yuan(6_000), selfPaid: yuan(14_000)) }
        #expect(kept.refusal == nil)
        #expect(kept.scenario.drawn("enterprise-year") == 300_000)
        #expect(kept.scenario.orders.values.first?.voucher == yuan(3_000))
        #expect(kept.scenario.orders.values.first?.progress.pendingVoucher == nil)
    }

    @Test("BJ26-35: a contract of two years is subsidised for the average of one year")
    func averaged() throws {
        func twoYears(_ programme: Programme) throws -> Refusal? {
            try record(programme, held: yuan(6_000)) { _, order in
                try facts(
                    order, total: yuan(20_000), voucher: yuan(3_001), selfPaid: yuan(16_999), from: "2026-06-01", through: "2028-05-31")
            }.refusal
        }
        #expect(try twoYears(TestProgrammes.beijing2026())?.clauses.first == "BJ26-02")
        #expect(try twoYears(TestProgrammes.beijing2026().without(clause: "BJ26-35").programme) == nil)
    }

    @Test("QUAN-11, QUAN-01: a contract with amounts of zero or below, or a service that ends before it begins, is refused")
    func bad() throws {
        for fen in [Int64(0), -1, Int64.min] {
            #expect(try record { _, order in try facts(order, total: Fen(fen)) }.refusal?.clauses.first == "QUAN-11")
            #expect(try record { _, order in try facts(order, voucher: Fen(fen)) }.refusal?.clauses.first == "QUAN-11")
        }
        #expect(try record { _, order in try facts(order, selfPaid: Fen(-1)) }.refusal?.clauses.first == "QUAN-11")
        #expect(try record { _, order in try facts(order, selfPaid: .max) }.refusal?.slug == "contract-amounts-do-not-add-up")
        #expect(try record { _, order in try facts(order, total: .max) }.refusal != nil)
        #expect(try record { _, order in try facts(order, from: "2026-06-01", through: "2026-05-31") }.refusal?.clauses.first == "QUAN-01")
        #expect(try record { _, order in try facts(order, name: "  ") }.refusal?.clauses.first == "QUAN-01")
    }

    @Test("after redemption has settled an order, its contract cannot change")
    func settled() throws {
        var (_, scenario) = try record { _, order in try facts(order) }
        let order = try #require(scenario.orders.values.first)
        try scenario.settle("redemption.notice", order, fen: yuan(2_000), by: "redemption", at: try now.get())
        #expect(scenario.drawn("enterprise-year") == 200_000)
        #expect(try refusal { try scenario.record(try facts(order), order, at: try now.get()) }?.clauses.first == "QUAN-15")
    }
}
