import Foundation
import Kernel
import Messages
import OrderingDomain
import Programme
import Testing

/// What an enterprise has to say to a contract before it spends its quota (IN-53).
@Suite("Contracts and the enterprise")
struct ConfirmingTests {
    private let now = Result { try beijing("2026-05-22") }

    /// An order of 3,000 yuan with a contract that takes so much by voucher.
    private func contracted(_ voucher: Fen, _ programme: Programme? = nil) throws -> (scene: Scene, order: Order) {
        var scene = try Scene(programme)
        let order = try scene.accepted(yuan(3_000), at: try beijing("2026-05-20"))
        try record(voucher, &scene, order)
        return (scene, order)
    }

    @discardableResult
    private func record(_ voucher: Fen, _ scene: inout Scene, _ order: Order) throws -> OrderChange {
        let total = voucher.rawValue / 30
        return try scene.record(try scene.contract(order, totalYuan: total, voucher: voucher, on: "2026-05-21"), order, at: try now.get())
    }

    @Test("IN-53: a dearer contract waits for the enterprise; the ordered amount holds until it is confirmed, then the contract's")
    func dearer() throws {
        var (scene, order) = try contracted(yuan(6_000))
        #expect(scene.drawn("enterprise-year") == 300_000)
        #expect(scene.orders[order.id]?.voucher == yuan(3_000))
        #expect(scene.orders[order.id]?.progress.pendingVoucher == yuan(6_000))
        let change = try scene.confirm(order, of: yuan(6_000), at: try now.get())
        #expect(change.event.order.voucherFen == yuan(6_000))
        #expect(change.event.order.pendingVoucherFen == nil)
        #expect(change.event.order.state == "contracted")
        #expect(scene.drawn("enterprise-year") == 600_000)
        #expect(scene.drawn("programme-budget") == 600_000)
        #expect(scene.drawn("product-stock") == 1)
    }

    @Test("IN-53: what waits is told to everybody, with what the order holds")
    func told() throws {
        var scene = try Scene()
        let order = try scene.accepted(yuan(3_000), at: try beijing("2026-05-20"))
        let event = try record(yuan(6_000), &scene, order).event.order
        #expect(event.voucherFen == yuan(3_000))
        #expect(event.pendingVoucherFen == yuan(6_000))
        #expect(event.contract?.voucherFen == yuan(6_000))
    }

    @Test("IN-53: a contract of what was ordered or less waits for nobody")
    func notDearer() throws {
        for voucher in [yuan(3_000), yuan(1_500)] {
            let (scene, order) = try contracted(voucher)
            #expect(scene.orders[order.id]?.progress.pendingVoucher == nil)
            #expect(scene.drawn("enterprise-year") == voucher.rawValue)
        }
    }

    @Test("QUAN-08: a confirmation that a cap refuses changes nothing: the ordered amount holds and the contract goes on waiting")
    func capped() throws {
        let tight = try Files.beijing2026().altering(cap: "programme-budget") { $0.limit = .fixed(599_999) }
        var (scene, order) = try contracted(yuan(6_000), tight)
        let refused = try refusal { try scene.confirm(order, at: try now.get()) }
        #expect(refused?.clauses.first == "QUAN-08")
        #expect(refused?.numbers.map(\.value) == [.integer(300_000), .integer(299_999), .integer(599_999)])
        #expect(scene.drawn("enterprise-year") == 300_000, "nothing is topped up where one cap refuses")
        #expect(scene.orders[order.id]?.progress.pendingVoucher == yuan(6_000))
    }

    @Test("QUAN-10: only the order's enterprise confirms or disputes; an institution that may by the programme does not")
    func othersMayNot() throws {
        var (scene, order) = try contracted(yuan(6_000))
        let stranger = Actor(person: "p", organisation: UUID(), roles: ["enterprise"])
        for actor in [scene.seller, stranger] {
            #expect(try refusal { try scene.confirm(order, by: actor, at: try now.get()) }?.clauses.prefix(2) == ["QUAN-10", "BJ26-62"])
            #expect(try refusal { try scene.dispute(order, by: actor, at: try now.get()) }?.clauses.first == "QUAN-10")
        }
        #expect(scene.drawn("enterprise-year") == 300_000)
    }

    @Test("QUAN-15: nothing that waits, and a contract that was recorded anew since the enterprise was shown it, cannot be confirmed")
    func confirmedUnseen() throws {
        var (scene, order) = try contracted(yuan(6_000))
        try record(yuan(9_000), &scene, order)
        let refused = try refusal { try scene.confirm(order, of: yuan(6_000), at: try now.get()) }
        #expect(refused?.clauses.first == "QUAN-15")
        #expect(refused?.numbers.prefix(2).map(\.value) == [.integer(600_000), .integer(900_000)])
        try scene.confirm(order, of: yuan(9_000), at: try now.get())
        #expect(try refusal { try scene.confirm(order, at: try now.get()) }?.clauses.first == "QUAN-15")
    }

    @Test("IN-53: after a confirmation the institution records up to that amount alone, and not a fen more")
    func recordedAnew() throws {
        var (scene, order) = try contracted(yuan(6_000))
        try scene.confirm(order, at: try now.get())
        try record(yuan(4_500), &scene, order)
        #expect(scene.drawn("enterprise-year") == 450_000)
        try record(yuan(6_000), &scene, order)
        #expect(scene.drawn("enterprise-year") == 600_000)
        try record(yuan(6_003), &scene, order)
        #expect(scene.drawn("enterprise-year") == 600_000)
        #expect(scene.orders[order.id]?.progress.pendingVoucher == yuan(6_003))
    }

    @Test(
        "IN-53: a dispute sets the contract aside, gives back what was topped up and takes back the confirmation; recorded again it counts")
    func disputed() throws {
        var (scene, order) = try contracted(yuan(6_000))
        try scene.confirm(order, at: try now.get())
        let change = try scene.dispute(order, reason: "未约定此金额", at: try now.get())
        #expect(change.event.order.state == "disputed")
        #expect(change.event.order.contractDispute == "未约定此金额")
        #expect(change.event.reason == "未约定此金额")
        #expect(scene.drawn("enterprise-year") == 300_000)
        #expect(try refusal { try scene.confirm(order, at: try now.get()) }?.clauses.first == "QUAN-15")
        let again = try record(yuan(6_000), &scene, order).event.order
        #expect(again.state == "contracted")
        #expect(again.contractDispute == nil)
        #expect(again.pendingVoucherFen == yuan(6_000), "a dearer one waits once more")
        #expect(scene.drawn("enterprise-year") == 300_000)
        try scene.dispute(order, at: try now.get())
        #expect(try record(yuan(3_000), &scene, order).event.order.pendingVoucherFen == nil)
    }

    @Test(
        "a contract that is not dearer can be disputed too, with a reason, also after completion; a cheaper one goes on holding its amount")
    func disputedCheaper() throws {
        var (scene, order) = try contracted(yuan(1_500))
        #expect(try refusal { try scene.dispute(order, reason: " ", at: try now.get()) }?.clauses.first == "QUAN-01")
        try scene.take("confirm-completion", order, by: scene.buyer, at: try now.get())
        try scene.dispute(order, at: try now.get())
        #expect(scene.drawn("enterprise-year") == 150_000)
        #expect(try refusal { try scene.take("confirm-completion", order, by: scene.buyer, at: try now.get()) }?.clauses.first == "QUAN-15")
    }

    @Test("IN-53: a contract can be disputed until its redemption is decided; without that need also afterwards")
    func disputedLate() throws {
        func dispute(_ programme: Programme? = nil, in state: String?) throws -> Refusal? {
            var (scene, order) = try contracted(yuan(3_000), programme)
            scene.orders[order.id]?.redemptionState = state
            return try refusal { try scene.dispute(order, at: try now.get()) }
        }
        for state in [nil, "awaiting", "in-review", "returned", "determined"] { #expect(try dispute(in: state) == nil) }
        for state in ["decided", "in-notice", "objected", "approved", "waived"] {
            #expect(try dispute(in: state)?.clauses.first == "QUAN-15", "\(state)")
        }
        let free = try Files.beijing2026().altering(step: StepReference("order", "dispute-contract")) { $0.needs = [] }
        #expect(try dispute(free, in: "decided") == nil)
    }

    @Test("once redemption has settled an order, its contract is neither confirmed nor disputed")
    func settled() throws {
        var (scene, order) = try contracted(yuan(6_000))
        try scene.settle("redemption.notice", order, fen: yuan(2_000), by: "redemption", at: try now.get())
        #expect(try refusal { try scene.confirm(order, at: try now.get()) }?.clauses.first == "QUAN-15")
        #expect(try refusal { try scene.dispute(order, at: try now.get()) }?.clauses.first == "QUAN-15")
        #expect(scene.drawn("enterprise-year") == 200_000)
    }

    @Test("BJ26-03: dearer contracts of many orders never hold more than the enterprise's year, whoever confirms them")
    func manyDearer() throws {
        var scene = try Scene()
        var orders: [Order] = []
        for _ in 0..<20 { orders.append(try scene.accepted(yuan(3_000), at: try beijing("2026-05-20"))) }
        for order in orders { try record(yuan(15_000), &scene, order) }
        #expect(scene.drawn("enterprise-year") == 6_000_000)
        var refusals: [Refusal] = []
        for order in orders {
            if let refused = try refusal({ try scene.confirm(order, at: try now.get()) }) { refusals.append(refused) }
        }
        #expect(refusals.count == 9, "60,000 yuan and eleven times 12,000 are within 200,000")
        #expect(refusals.allSatisfy { $0.clauses.first == "BJ26-03" })
        #expect(scene.drawn("enterprise-year") == 19_200_000)
    }
}
