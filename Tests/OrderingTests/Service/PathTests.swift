import Foundation
import Kernel
import Messages
import Messaging
import Synchronization
import TestKit
import Testing

@testable import Ordering

@Suite("Lifecycle of an order")
struct PathTests {
    @Test(
        "BJ26-28, BJ26-30, BJ26-62, BJ26-37: an order is placed, confirmed, accepted, contracted, completed, rated and settled"
    )
    func whole() async throws {
        try await OrderingFixture.with { fixture in
            let (participants, _) = try await Participants.publish(fixture)
            let now = try beijing("2026-05-20")
            let order = try await fixture.place(participants, fen: yuan(3_000), at: now)
            try await fixture.done(order)
            try await eventually("the credit check is requested from identity") {
                fixture.peer.messages(CheckCredit.self, on: "identity.commands").contains { $0.orderID == order }
            }
            #expect(
                fixture.peer.messages(ScheduleTimer.self, on: "timer.commands").first?.due == .at(try beijing("2026-05-28", "00:00:00")))
            try await fixture.done(
                try await fixture.peer.command(CreditChecked(orderID: order, refusals: []), by: "identity", key: order.text, at: now))
            try await fixture.done(try await fixture.decide(order, .accept, by: participants.institution, "institution", at: now))
            let contract = ContractFacts(
                productName: "大模型部署服务", totalFen: yuan(10_000), voucherFen: yuan(3_000), selfPaidFen: yuan(7_000),
                signedOn: try CalendarDate("2026-05-20"), serviceFrom: try CalendarDate("2026-06-01"), isSingleDelivery: true)
            try await fixture.done(
                try await fixture.peer.command(
                    RecordContract(orderID: order, contract: contract), by: "portal", key: order.text, at: now,
                    token: try fixture.token(participants.institution, "institution", at: now)))
            try await fixture.done(try await fixture.decide(order, .confirmCompletion, by: participants.enterprise, "enterprise", at: now))
            try await fixture.done(
                try await fixture.peer.command(
                    RateService(orderID: order, stars: 5, comment: "很好"), by: "portal", key: order.text, at: now,
                    token: try fixture.token(participants.enterprise, "enterprise", at: now)))
            try await fixture.done(
                try await fixture.peer.command(
                    SettleOrder(orderID: order, step: "redemption.notice", amountFen: yuan(2_500)), by: "redemption", key: order.text,
                    at: now))
            try await eventually("all steps are published") { fixture.peer.messages(OrderChanged.self, on: "ordering.events").count == 7 }
            let published = fixture.peer.messages(OrderChanged.self, on: "ordering.events")
            #expect(
                published.map(\.step) == ["place", "confirm-credit", "accept", "record-contract", "confirm-completion", "rate", "settle"])
            #expect(published.map(\.order.state) == ["checking", "placed", "accepted", "contracted", "completed", "rated", "rated"])
            #expect(published.last?.order.contract == contract)
            #expect(published.last?.order.stars == 5)
            #expect(try await fixture.number("select posted from account where cap = 'enterprise-year'") == 250_000)
            let report = try await fixture.check()
            #expect(report.violations == [])
            #expect(report.orders == 1)
            #expect(report.transfers == 6)
        }
    }

    @Test(
        "BJ26-30: the timer after 5 working days expires the order, releases voucher and quota, and a later accept is refused")
    func expiry() async throws {
        try await OrderingFixture.with { fixture in
            let (participants, _) = try await Participants.publish(fixture, stock: 1)
            let order = try await fixture.placed(participants, at: try beijing("2026-05-20"))
            let due = try beijing("2026-05-28", "00:00:00")
            try await fixture.peer.publish(
                TimerFired(
                    owner: "ordering", name: "order/\(order.text)/decision", subject: order.text, purpose: "order.decision", dueAt: due),
                by: "timer", key: order.text, at: due.addingTimeInterval(30))
            try await eventually("the order has expired") { try await fixture.state(order) == "expired" }
            #expect(try await fixture.number("select sum(drawn)::bigint from account") == 0)
            let late = try await fixture.decide(order, .accept, by: participants.institution, "institution", at: due)
            #expect(try await fixture.peer.answer(to: late).refusal?.slug == "order-expired")
            try await fixture.done(try await fixture.place(participants, fen: yuan(10), at: due))
            #expect(try await fixture.check().violations == [])
        }
    }

    @Test("a refused order writes only the answer and its audit row, with the compared numbers")
    func refused() async throws {
        try await OrderingFixture.with { fixture in
            let (participants, _) = try await Participants.publish(fixture, stock: 1)
            let now = try beijing("2026-05-20")
            try await fixture.done(try await fixture.place(participants, fen: yuan(10), at: now))
            let second = try await fixture.place(participants, fen: yuan(10), at: now)
            let refusal = try await fixture.peer.answer(to: second).refusal
            #expect(refusal?.clauses.first == "BJ26-28")
            #expect(refusal?.numbers.map(\.value) == [.integer(1), .integer(0), .integer(1)])
            #expect(try await fixture.number("select count(*) from orders") == 1)
            #expect(
                try await fixture.number("select count(*) from audit where outcome = 'refused' and refusal->'clauses'->>0 = 'BJ26-28'") == 1
            )
            #expect(
                try await fixture.number(
                    "select count(*) from audit where outcome = 'done' and detail->>'programmeVersion' = '1' and jsonb_array_length(detail->'ledger') = 3"
                ) == 1)
        }
    }

    @Test("raising the stock allows the next order; lowering it below the reserved vouchers freezes the account")
    func stockChanges() async throws {
        try await OrderingFixture.with { fixture in
            let (participants, _) = try await Participants.publish(fixture, stock: 1)
            let now = try beijing("2026-05-20")
            func published(_ stock: Int64) async throws {
                try await fixture.peer.publish(
                    participants.productChanged(stock: stock), by: "catalogue", key: participants.product.text, at: now)
                try await eventually("the limit is \(stock)") {
                    try await fixture.number("select limit_amount from account where cap = 'product-stock'") == stock
                }
            }
            let first = try await fixture.placed(participants, at: now)
            try await published(2)
            try await fixture.done(try await fixture.place(participants, fen: yuan(10), at: now))
            try await published(1)
            let refusal = try await fixture.peer.answer(to: try await fixture.place(participants, fen: yuan(10), at: now)).refusal
            #expect(refusal?.clauses.first == "BJ26-28")
            try await fixture.done(try await fixture.decide(first, .accept, by: participants.institution, "institution", at: now))
            let report = try await fixture.check()
            #expect(report.violations == [])
            #expect(report.frozen == 1)
        }
    }

    @Test("BJ26-29: the window closes at 1 September 00:00:00; an order of 31 August 23:59:59 can be accepted later")
    func lastDay() async throws {
        try await OrderingFixture.with { fixture in
            let (participants, _) = try await Participants.publish(fixture)
            let last = try await fixture.placed(participants, at: try beijing("2026-08-31", "23:59:59"))
            let late = try await fixture.place(participants, fen: yuan(10), at: try beijing("2026-09-01", "00:00:00"))
            #expect(try await fixture.peer.answer(to: late).refusal?.slug == "ordering-closed")
            try await fixture.done(
                try await fixture.decide(
                    last, .accept, by: participants.institution, "institution", at: try beijing("2026-09-07", "23:59:59")))
        }
    }

    @Test(
        "BJ26-30: if the service was stopped over a deadline, an accept sent in time wins over the fired timer",
        .timeLimit(.minutes(2)))
    func stoppedOverDeadline() async throws {
        try await OrderingFixture.with { fixture in
            let (participants, _) = try await Participants.publish(fixture)
            let due = try beijing("2026-05-28", "00:00:00")
            var orders: [UUID] = []
            for _ in 0..<12 { orders.append(try await fixture.placed(participants, fen: yuan(10), at: try beijing("2026-05-20"))) }
            try await fixture.stop()
            for (index, order) in orders.enumerated() where index % 2 == 0 {
                _ = try await fixture.decide(order, .accept, by: participants.institution, "institution", at: due.addingTimeInterval(-1))
            }
            for order in orders {
                try await fixture.peer.publish(
                    TimerFired(
                        owner: "ordering", name: "order/\(order.text)/decision", subject: order.text, purpose: "order.decision", dueAt: due),
                    by: "timer", key: order.text, at: due.addingTimeInterval(86_400))
            }
            try fixture.start()
            try await eventually("all are decided") {
                try await fixture.number("select count(*) from orders where state in ('accepted', 'expired')") == 12
            }
            for (index, order) in orders.enumerated() {
                #expect(try await fixture.state(order) == (index % 2 == 0 ? "accepted" : "expired"))
            }
            #expect(try await fixture.check().violations == [])
        }
    }

    @Test(
        "BJ26-30: while accepted commands may be missing because the log was lost, no deadline is decided; a republished accept wins",
        .timeLimit(.minutes(2)))
    func lostCommands() async throws {
        try await OrderingFixture.with { fixture in
            let (participants, _) = try await Participants.publish(fixture)
            let due = try beijing("2026-05-28", "00:00:00")
            let (first, second) = (
                try await fixture.placed(participants, at: try beijing("2026-05-20")),
                try await fixture.placed(participants, at: try beijing("2026-05-20"))
            )
            let orders = [first, second]
            fixture.peer.hasPortal.withLock { $0 = false }
            try await fixture.pool.markCommandsMissing(of: "portal", to: "ordering", keys: orders.map(\.text))
            // The first deadline was sent as a command before the loss was known, the second timer fires only now.
            try await fixture.peer.command(
                LapseOrder(orderID: first, deadline: "decision", dueAt: due), by: "ordering", key: first.text, at: due)
            try await fixture.peer.publish(
                TimerFired(
                    owner: "ordering", name: "order/\(second.text)/decision", subject: second.text, purpose: "order.decision", dueAt: due),
                by: "timer", key: second.text, at: due)
            try await eventually("the command is deferred and the timer event waits") {
                let again = try await fixture.number("select count(*) from audit where type = '\(LapseOrder.type)'")
                let isWaiting = fixture.problems.contains { $0.contains("the log was lost") }
                return again > 1 && isWaiting
            }
            for order in orders {
                #expect(try await fixture.state(order) == "placed")
                try await fixture.done(
                    try await fixture.decide(order, .accept, by: participants.institution, "institution", at: due.addingTimeInterval(-1)))
            }
            try await fixture.pool.markCommandsResent(of: "portal")
            try await eventually("nothing waits") { fixture.problems.isEmpty }
            for order in orders { #expect(try await fixture.state(order) == "accepted") }
            #expect(try await fixture.check().violations == [])
        }
    }
}
