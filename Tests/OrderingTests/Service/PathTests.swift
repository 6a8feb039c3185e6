import Foundation
import Kernel
import Messages
import Messaging
import Synchronization
import TestKit
import Testing

@testable import Ordering

@Suite("The path of an order")
struct PathTests {
    @Test("BJ26-28, BJ26-30, BJ26-62, BJ26-37: placed, confirmed, accepted, contracted, completed, rated, settled; the ledger is in order")
    func whole() async throws {
        try await Play.with { play in
            let (cast, _) = try await Cast.tell(play)
            let now = try beijing("2026-05-20")
            let order = try await play.place(cast, fen: yuan(3_000), at: now)
            try await play.done(order)
            try await eventually("identity is asked for the credit standing") {
                play.wire.messages(CheckCredit.self, on: "identity.commands").contains { $0.orderID == order }
            }
            #expect(play.wire.messages(ScheduleTimer.self, on: "timer.commands").first?.due == .at(try beijing("2026-05-28", "00:00:00")))
            try await play.done(
                try await play.wire.command(CreditChecked(orderID: order, refusals: []), by: "identity", key: order.text, at: now))
            try await play.done(try await play.decide(order, .accept, by: cast.institution, "institution", at: now))
            let contract = ContractFacts(
                productName: "大模型部署服务", totalFen: yuan(10_000), voucherFen: yuan(3_000), selfPaidFen: yuan(7_000),
                signedOn: try CalendarDate("2026-05-20"), serviceFrom: try CalendarDate("2026-06-01"), isSingleDelivery: true)
            try await play.done(
                try await play.wire.command(
                    RecordContract(orderID: order, contract: contract), by: "portal", key: order.text, at: now,
                    token: try play.token(cast.institution, "institution", at: now)))
            try await play.done(try await play.decide(order, .confirmCompletion, by: cast.enterprise, "enterprise", at: now))
            try await play.done(
                try await play.wire.command(
                    RateService(orderID: order, stars: 5, comment: "很好"), by: "portal", key: order.text, at: now,
                    token: try play.token(cast.enterprise, "enterprise", at: now)))
            try await play.done(
                try await play.wire.command(
                    SettleOrder(orderID: order, step: "redemption.notice", amountFen: yuan(2_500)), by: "redemption", key: order.text,
                    at: now))
            try await eventually("all steps are told") { play.wire.messages(OrderChanged.self, on: "ordering.events").count == 7 }
            let told = play.wire.messages(OrderChanged.self, on: "ordering.events")
            #expect(told.map(\.step) == ["place", "confirm-credit", "accept", "record-contract", "confirm-completion", "rate", "settle"])
            #expect(told.map(\.order.state) == ["checking", "placed", "accepted", "contracted", "completed", "rated", "rated"])
            #expect(told.last?.order.contract == contract)
            #expect(told.last?.order.stars == 5)
            #expect(try await play.number("select posted from account where cap = 'enterprise-year'") == 250_000)
            let report = try await play.check()
            #expect(report.violations == [])
            #expect(report.orders == 1)
            #expect(report.transfers == 6)
        }
    }

    @Test(
        "BJ26-30: the timer that fires after 5 working days expires the order; voucher and quota are free again, and the refusal names it")
    func expiry() async throws {
        try await Play.with { play in
            let (cast, _) = try await Cast.tell(play, stock: 1)
            let order = try await play.placed(cast, at: try beijing("2026-05-20"))
            let due = try beijing("2026-05-28", "00:00:00")
            try await play.wire.tell(
                TimerFired(
                    owner: "ordering", name: "order/\(order.text)/decision", subject: order.text, purpose: "order.decision", dueAt: due),
                by: "timer", key: order.text, at: due.addingTimeInterval(30))
            try await eventually("it has expired") { try await play.state(order) == "expired" }
            #expect(try await play.number("select sum(drawn)::bigint from account") == 0)
            let late = try await play.decide(order, .accept, by: cast.institution, "institution", at: due)
            #expect(try await play.wire.answer(to: late).refusal?.slug == "order-expired")
            try await play.done(try await play.place(cast, fen: yuan(10), at: due))
            #expect(try await play.check().violations == [])
        }
    }

    @Test("a clause that refuses an order leaves no trace but the answer and its audit row, with the numbers compared")
    func refused() async throws {
        try await Play.with { play in
            let (cast, _) = try await Cast.tell(play, stock: 1)
            let now = try beijing("2026-05-20")
            try await play.done(try await play.place(cast, fen: yuan(10), at: now))
            let second = try await play.place(cast, fen: yuan(10), at: now)
            let refusal = try await play.wire.answer(to: second).refusal
            #expect(refusal?.clauses.first == "BJ26-28")
            #expect(refusal?.numbers.map(\.value) == [.integer(1), .integer(0), .integer(1)])
            #expect(try await play.number("select count(*) from orders") == 1)
            #expect(
                try await play.number("select count(*) from audit where outcome = 'refused' and refusal->'clauses'->>0 = 'BJ26-28'") == 1)
            #expect(
                try await play.number(
                    "select count(*) from audit where outcome = 'done' and detail->>'programmeVersion' = '1' and jsonb_array_length(detail->'ledger') = 3"
                ) == 1)
        }
    }

    @Test("more vouchers let the next order in; fewer than are held freeze the account and break nothing")
    func stockChanges() async throws {
        try await Play.with { play in
            let (cast, _) = try await Cast.tell(play, stock: 1)
            let now = try beijing("2026-05-20")
            func told(_ stock: Int64) async throws {
                try await play.wire.tell(cast.productChanged(stock: stock), by: "catalogue", key: cast.product.text, at: now)
                try await eventually("the limit is \(stock)") {
                    try await play.number("select limit_amount from account where cap = 'product-stock'") == stock
                }
            }
            let first = try await play.placed(cast, at: now)
            try await told(2)
            try await play.done(try await play.place(cast, fen: yuan(10), at: now))
            try await told(1)
            let refusal = try await play.wire.answer(to: try await play.place(cast, fen: yuan(10), at: now)).refusal
            #expect(refusal?.clauses.first == "BJ26-28")
            try await play.done(try await play.decide(first, .accept, by: cast.institution, "institution", at: now))
            let report = try await play.check()
            #expect(report.violations == [])
            #expect(report.frozen == 1)
        }
    }

    @Test("BJ26-29: the window is closed from 1 September 00:00:00 on, and an order of 31 August 23:59:59 may be accepted after it")
    func lastDay() async throws {
        try await Play.with { play in
            let (cast, _) = try await Cast.tell(play)
            let last = try await play.placed(cast, at: try beijing("2026-08-31", "23:59:59"))
            let late = try await play.place(cast, fen: yuan(10), at: try beijing("2026-09-01", "00:00:00"))
            #expect(try await play.wire.answer(to: late).refusal?.slug == "ordering-closed")
            try await play.done(
                try await play.decide(last, .accept, by: cast.institution, "institution", at: try beijing("2026-09-07", "23:59:59")))
        }
    }

    @Test(
        "BJ26-30: stopped over a deadline and started after it, an accept made in time wins over the firing that lay before it",
        .timeLimit(.minutes(2)))
    func stoppedOverDeadline() async throws {
        try await Play.with { play in
            let (cast, _) = try await Cast.tell(play)
            let due = try beijing("2026-05-28", "00:00:00")
            var orders: [UUID] = []
            for _ in 0..<12 { orders.append(try await play.placed(cast, fen: yuan(10), at: try beijing("2026-05-20"))) }
            try await play.stop()
            for (index, order) in orders.enumerated() where index % 2 == 0 {
                _ = try await play.decide(order, .accept, by: cast.institution, "institution", at: due.addingTimeInterval(-1))
            }
            for order in orders {
                try await play.wire.tell(
                    TimerFired(
                        owner: "ordering", name: "order/\(order.text)/decision", subject: order.text, purpose: "order.decision", dueAt: due),
                    by: "timer", key: order.text, at: due.addingTimeInterval(86_400))
            }
            try play.start()
            try await eventually("all are decided") {
                try await play.number("select count(*) from orders where state in ('accepted', 'expired')") == 12
            }
            for (index, order) in orders.enumerated() { #expect(try await play.state(order) == (index % 2 == 0 ? "accepted" : "expired")) }
            #expect(try await play.check().violations == [])
        }
    }

    @Test(
        "BJ26-30: while what a portal promised may have been lost with the log, no deadline is decided; an accept that comes again still wins",
        .timeLimit(.minutes(2)))
    func lostPromise() async throws {
        try await Play.with { play in
            let (cast, _) = try await Cast.tell(play)
            let due = try beijing("2026-05-28", "00:00:00")
            let (first, second) = (
                try await play.placed(cast, at: try beijing("2026-05-20")), try await play.placed(cast, at: try beijing("2026-05-20"))
            )
            let orders = [first, second]
            play.wire.hasPortal.withLock { $0 = false }
            try await play.pool.losePromises(of: "portal", to: "ordering", keys: orders.map(\.text))
            // One deadline has been handed on before the loss was known, the other is told only now.
            try await play.wire.command(
                LapseOrder(orderID: first, deadline: "decision", dueAt: due), by: "ordering", key: first.text, at: due)
            try await play.wire.tell(
                TimerFired(
                    owner: "ordering", name: "order/\(second.text)/decision", subject: second.text, purpose: "order.decision", dueAt: due),
                by: "timer", key: second.text, at: due)
            try await eventually("the one is put behind, the other waits") {
                let again = try await play.number("select count(*) from audit where type = '\(LapseOrder.type)'")
                let waits = play.problems.contains { $0.contains("the log was lost") }
                return again > 1 && waits
            }
            for order in orders {
                #expect(try await play.state(order) == "placed")
                try await play.done(
                    try await play.decide(order, .accept, by: cast.institution, "institution", at: due.addingTimeInterval(-1)))
            }
            try await play.pool.findPromises(of: "portal")
            try await eventually("nothing waits any more") { play.problems.isEmpty }
            for order in orders { #expect(try await play.state(order) == "accepted") }
            #expect(try await play.check().violations == [])
        }
    }
}
