import Foundation
import Kernel
import Messages
import OrderingDomain
import Programme
import Testing

/// Every clause that `ordering` enforces, each with its rule and without it.
@Suite("Clauses of BJ26 that ordering enforces")
struct ClauseTests {
    private let with: Programme

    init() throws { with = try TestProgrammes.beijing2026() }

    /// The programme without the rules of a clause; there must be at least one.
    private func without(_ clause: String) throws -> Programme {
        let alteration = with.without(clause: clause)
        try #require(!alteration.removed.isEmpty)
        return alteration.programme
    }

    @Test("BJ26-02: a contract with a voucher above 30% of its total is refused; without the clause it is recorded")
    func share() throws {
        func record(_ programme: Programme) throws -> Refusal? {
            var scenario = try OrderScenario(programme)
            let order = try scenario.accepted(yuan(3_000), at: try beijing("2026-05-20"))
            let contract = try scenario.contract(order, totalYuan: 9_999, voucher: yuan(3_000), on: "2026-05-21")
            return try refusal { try scenario.record(contract, order, at: try beijing("2026-05-22")) }
        }
        let refused = try record(with)
        #expect(refused?.slug == "subsidy-over-share")
        #expect(refused?.clauses.first == "BJ26-02")
        #expect(refused?.numbers.prefix(2).map(\.value) == [.integer(300_000), .integer(299_970)])
        #expect(try record(try without("BJ26-02")) == nil)
    }

    @Test("BJ26-02: an order above 30% of the upper guide price is refused; without the clause it is placed")
    func shareAtOrder() throws {
        func place(_ programme: Programme) throws -> Refusal? {
            var scenario = try OrderScenario(programme, guideHighYuan: 10_000)
            return try refusal { try scenario.place(Fen(300_001), at: try beijing("2026-05-20")) }
        }
        #expect(try place(with)?.clauses.first == "BJ26-02")
        #expect(try place(try without("BJ26-02")) == nil)
        var scenario = try OrderScenario(with, guideHighYuan: 10_000)
        #expect(try scenario.place(Fen(300_000), at: try beijing("2026-05-20")).order.state == "checking")
    }

    @Test("BJ26-03: an enterprise reserves at most CNY 200,000 a year; without the clause there is no limit")
    func enterpriseYear() throws {
        func placeTen(_ programme: Programme) throws -> Refusal? {
            var scenario = try OrderScenario(programme)
            for _ in 0..<8 { try scenario.place(yuan(25_000), at: try beijing("2026-05-20")) }
            return try refusal { try scenario.place(Fen(1), at: try beijing("2026-05-21")) }
        }
        let refused = try placeTen(with)
        #expect(refused?.slug == "enterprise-quota-exhausted")
        #expect(refused?.clauses == ["BJ26-03", "IN-05"])
        #expect(refused?.numbers.map(\.value) == [.integer(1), .integer(0), .integer(20_000_000)])
        #expect(try placeTen(try without("BJ26-03")) == nil)
    }

    @Test("BJ26-28: a product's vouchers are given in the order of the orders until they are used up; without the clause there is no limit")
    func stock() throws {
        func placeThree(_ programme: Programme) throws -> Refusal? {
            var scenario = try OrderScenario(programme, stock: 2)
            try scenario.place(yuan(10), at: try beijing("2026-05-20"))
            try scenario.place(yuan(10), at: try beijing("2026-05-20"))
            return try refusal { try scenario.place(yuan(10), at: try beijing("2026-05-20")) }
        }
        let refused = try placeThree(with)
        #expect(refused?.slug == "product-vouchers-used-up")
        #expect(refused?.clauses.first == "BJ26-28")
        #expect(refused?.numbers.map(\.value) == [.integer(1), .integer(0), .integer(2)])
        #expect(refused?.numbers.map(\.unit) == [.vouchers, .vouchers, .vouchers])
        #expect(try placeThree(try without("BJ26-28")) == nil)
    }

    @Test("BJ26-29: orders are accepted until the last second of 31 August; without the clause also later")
    func window() throws {
        func place(_ programme: Programme, _ day: String, _ time: String) throws -> Refusal? {
            var scenario = try OrderScenario(programme)
            return try refusal { try scenario.place(yuan(10), at: try beijing(day, time)) }
        }
        #expect(try place(with, "2026-08-31", "23:59:59") == nil)
        let late = try place(with, "2026-09-01", "00:00:00")
        #expect(late?.slug == "ordering-closed")
        #expect(late?.clauses.first == "BJ26-29")
        let early = try place(with, "2026-03-29", "23:59:59")
        #expect(early?.slug == "ordering-closed")
        #expect(try place(with, "2026-03-30", "00:00:00") == nil)
        #expect(try place(try without("BJ26-29"), "2026-09-01", "00:00:00") == nil)
    }

    @Test("BJ26-30: an order not accepted within 5 working days expires and releases its reservations; without the clause it stays placed")
    func expiry() throws {
        func lapse(_ programme: Programme) throws -> (state: String?, left: Int64?, stock: Int64?) {
            var scenario = try OrderScenario(programme)
            let order = try scenario.place(yuan(3_000), at: try beijing("2026-05-20")).order
            try scenario.take(Deciding.confirmCredit, order, by: .platform, at: try beijing("2026-05-20"))
            let due = try beijing("2026-05-28", "00:00:00")
            try scenario.lapse("decision", order, dueAt: due, at: due.addingTimeInterval(30))
            return (scenario.orders[order.id]?.state, scenario.left("enterprise-year"), scenario.left("product-stock"))
        }
        #expect(try lapse(with) == ("expired", 20_000_000, 40))
        #expect(try lapse(try without("BJ26-30")) == ("placed", 19_700_000, 39))
    }

    @Test("BJ26-30: an accept after the deadline is refused even if no timer has fired; without the clause it succeeds")
    func lateAccept() throws {
        func accept(_ programme: Programme, _ day: String, _ time: String) throws -> Refusal? {
            var scenario = try OrderScenario(programme)
            let order = try scenario.place(yuan(3_000), at: try beijing("2026-05-20")).order
            try scenario.take(Deciding.confirmCredit, order, by: .platform, at: try beijing("2026-05-20"))
            return try refusal { try scenario.take("accept-order", order, by: scenario.seller, at: try beijing(day, time)) }
        }
        #expect(try accept(with, "2026-05-27", "23:59:59") == nil)
        let late = try accept(with, "2026-05-28", "00:00:00")
        #expect(late?.slug == "order-expired")
        #expect(late?.clauses.first == "BJ26-30")
        #expect(try accept(try without("BJ26-30"), "2026-05-28", "00:00:00") == nil)
    }

    @Test("BJ26-37: an order can be rated only after the enterprise has confirmed completion; with the altered step immediately")
    func completionThenRating() throws {
        func rateAtOnce(_ programme: Programme) throws -> Refusal? {
            var scenario = try OrderScenario(programme)
            let order = try contracted(&scenario)
            return try refusal {
                _ = try scenario.deciding(at: try beijing("2026-06-10")).rate(
                    stars: 5, comment: nil, on: order, by: scenario.buyer, in: &scenario.ledger)
            }
        }
        let refused = try rateAtOnce(with)
        #expect(refused?.clauses == ["QUAN-15", "BJ26-37"])
        #expect(try rateAtOnce(with.altering(step: StepReference("order", "rate")) { $0.from = ["contracted"] }) == nil)

        var scenario = try OrderScenario()
        let order = try contracted(&scenario)
        let now = try beijing("2026-06-10")
        #expect(
            try refusal { try scenario.take("confirm-completion", order, by: scenario.seller, at: now) }?.clauses == ["QUAN-10", "BJ26-37"])
        let completed = try scenario.take("confirm-completion", order, by: scenario.buyer, at: now).order
        let rated = try scenario.deciding(at: now).rate(stars: 4, comment: "很好", on: completed, by: scenario.buyer, in: &scenario.ledger)
        #expect(rated.order.state == "rated")
        #expect(rated.event.order.stars == 4)
    }

    @Test("BJ26-62: only the institution records the contract; with the altered role the enterprise can")
    func contractRecorded() throws {
        func recordBy(_ actor: (OrderScenario) -> Actor, _ programme: Programme) throws -> Refusal? {
            var scenario = try OrderScenario(programme)
            let order = try scenario.accepted(yuan(3_000), at: try beijing("2026-05-20"))
            let contract = try scenario.contract(order, totalYuan: 10_000, voucher: yuan(3_000), on: "2026-05-21")
            return try refusal {
                let change = try scenario.deciding(at: try beijing("2026-05-22")).record(
                    contract, on: order, by: actor(scenario), in: &scenario.ledger
                ).change
                #expect(change.order.state == "contracted")
                #expect(change.event.order.contract == contract)
            }
        }
        #expect(try recordBy({ $0.seller }, with) == nil)
        #expect(try recordBy({ $0.buyer }, with)?.clauses.prefix(2) == ["QUAN-10", "BJ26-62"])
        let altered = with.altering(step: StepReference("order", "record-contract")) { $0.by = ["enterprise"] }
        #expect(try recordBy({ $0.buyer }, altered) == nil)
    }

    @Test("QUAN-08: the programme's yearly budget limits all orders; without the clause it does not")
    func budget() throws {
        func placeTwo(_ programme: Programme) throws -> Refusal? {
            var scenario = try OrderScenario(programme)
            try scenario.place(yuan(600), at: try beijing("2026-05-20"))
            return try refusal { try scenario.place(yuan(600), at: try beijing("2026-05-20")) }
        }
        let small = with.altering(cap: "programme-budget") { $0.limit = .fixed(100_000) }
        let refused = try placeTwo(small)
        #expect(refused?.slug == "programme-budget-exhausted")
        #expect(refused?.clauses.first == "QUAN-08")
        #expect(refused?.numbers.map(\.value) == [.integer(60_000), .integer(40_000), .integer(100_000)])
        #expect(try placeTwo(small.without(clause: "QUAN-08").programme) == nil)
    }

    private func contracted(_ scenario: inout OrderScenario) throws -> Order {
        let order = try scenario.accepted(yuan(3_000), at: try beijing("2026-05-20"))
        let contract = try scenario.contract(order, totalYuan: 10_000, voucher: yuan(3_000), on: "2026-05-21")
        return try scenario.record(contract, order, at: try beijing("2026-05-22")).order
    }
}
