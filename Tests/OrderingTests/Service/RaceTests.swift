import Foundation
import Kafka
import Kernel
import Messages
import Messaging
import TestKit
import Testing

@testable import Ordering

/// Races between concurrent transactions. The tests verify in the database that the transactions really overlap.
@Suite("Races", .serialized)
struct RaceTests {
    @Test(
        "BJ26-28: of 500 concurrent orders for the last voucher one succeeds; the others are refused under the clause",
        .timeLimit(.minutes(5)))
    func lastVoucher() async throws {
        try await OrderingFixture.with(isRunning: false, partitions: 8) { fixture in
            let pause = TransactionPause()
            for _ in 0..<2 { try fixture.start(workers: 4, batchAtMost: 8, faults: pause.hook) }
            let (participants, enterprises) = try await Participants.publish(fixture, stock: 1, enterprises: 500)
            let now = try beijing("2026-05-20")
            let ids = enterprises.map { _ in UUID() }
            var records: [KafkaProducerRecord] = []
            for (id, enterprise) in zip(ids, enterprises) {
                let command = PlaceOrder(enterpriseID: enterprise, productID: participants.product, voucherFen: yuan(10), contact: "王女士")
                records.append(
                    fixture.peer.outgoing(
                        body: try MessageBody.encode(command), PlaceOrder.type, by: "portal", key: id.text, id: id, at: now,
                        token: try fixture.token(enterprise, "enterprise", at: now)))
            }
            pause.arm()
            try await fixture.peer.send(records)
            try await eventually("one transaction has locked its rows") { pause.isHolding }
            #expect(try await isWaiting(fixture), "the transactions did not overlap: the test proves nothing")
            pause.release()
            // Replies may be repeated, so count the orders with a reply.
            var answers: [Outcome] = []
            try await eventually("all 500 are answered", within: .seconds(180)) {
                let received = fixture.peer.answers
                answers = ids.compactMap { received[$0] }
                return answers.count == ids.count
            }
            #expect(answers.count == 500)
            #expect(answers.filter { $0.refusal == nil }.count == 1)
            #expect(answers.compactMap(\.refusal).allSatisfy { $0.slug == "product-vouchers-used-up" })
            #expect(try await fixture.number("select drawn from account where cap = 'product-stock'") == 1)
            #expect(try await fixture.check().violations == [])
        }
    }

    @Test(
        "BJ26-30: of accept and expiry the first to lock the order wins, in both orders of arrival; the other is refused with the reason",
        .timeLimit(.minutes(5)))
    func acceptAgainstExpiry() async throws {
        try await race("accept against expiry") { fixture, participants, order, due, keys, isFirst in
            let accept: @Sendable () async throws -> UUID = {
                try await fixture.decide(
                    order, .accept, by: participants.institution, "institution", at: due.addingTimeInterval(-0.000_001), key: keys.0)
            }
            let expire: @Sendable () async throws -> UUID = {
                try await fixture.peer.command(
                    LapseOrder(orderID: order, deadline: "decision", dueAt: due), by: "ordering", key: keys.1, at: due)
            }
            return isFirst ? (accept, expire) : (expire, accept)
        } verdict: { (fixture: OrderingFixture, order: UUID, first: Outcome, second: Outcome, isFirst: Bool) async throws -> Void in
            #expect(first.refusal == nil)
            if isFirst {
                #expect(try await fixture.state(order) == "accepted")
                #expect(second.refusal == nil, "a lapse after the accept does nothing")
                #expect(
                    try await fixture.number("select count(*) from transfer where order_id = '\(order.text)' and kind <> 'reserve'") == 0)
            } else {
                #expect(try await fixture.state(order) == "expired")
                #expect(second.refusal?.slug == "order-expired")
                #expect(
                    try await fixture.number("select count(*) from transfer where order_id = '\(order.text)' and kind = 'release'") == 3)
            }
        }
    }

    @Test(
        "QUAN-18: of cancel and accept the first to lock the order wins, in both orders of arrival; the other is refused under its clause",
        .timeLimit(.minutes(5)))
    func cancelAgainstAccept() async throws {
        try await race("cancel against accept") { fixture, participants, order, due, keys, isFirst in
            let now = due.addingTimeInterval(-3600)
            let accept: @Sendable () async throws -> UUID = {
                try await fixture.decide(order, .accept, by: participants.institution, "institution", at: now, key: keys.0)
            }
            let cancel: @Sendable () async throws -> UUID = {
                try await fixture.decide(order, .cancel, by: participants.enterprise, "enterprise", at: now, key: keys.1)
            }
            return isFirst ? (accept, cancel) : (cancel, accept)
        } verdict: { (fixture: OrderingFixture, order: UUID, first: Outcome, second: Outcome, isFirst: Bool) async throws -> Void in
            #expect(first.refusal == nil)
            #expect(try await fixture.state(order) == (isFirst ? "accepted" : "cancelled"))
            #expect(second.refusal?.clauses == ["QUAN-15", isFirst ? "QUAN-18" : "BJ26-30"])
        }
    }

    @Test("QUAN-05: a command sent by two portals takes effect once, and both receive the same answer", .timeLimit(.minutes(5)))
    func twoPortals() async throws {
        let pause = TransactionPause()
        try await OrderingFixture.with(isRunning: false) { fixture in
            try fixture.start(faults: pause.hook)
            let (participants, _) = try await Participants.publish(fixture)
            let now = try beijing("2026-05-20")
            var overlapped = 0
            for round in 0..<6 {
                let id = UUID()
                pause.arm()
                for partition in [Int32(0), 1] {
                    _ = try await fixture.place(
                        participants, fen: yuan(10), at: now, id: id,
                        key: fixture.peer.key(inPartition: partition, "portal-\(partition)-\(round)"))
                    if partition == 0 { try await eventually("the first has locked its rows") { pause.isHolding } }
                }
                if try await isWaiting(fixture) { overlapped += 1 }
                pause.release()
                let answer = try await fixture.peer.answer(to: id)
                #expect(answer.refusal == nil)
                try await eventually("both are answered") {
                    fixture.peer.messages(Outcome.self, on: "replies").filter { $0.commandID == id }.count >= 2
                }
                #expect(Set(fixture.peer.messages(Outcome.self, on: "replies").filter { $0.commandID == id }) == [answer])
            }
            print("one command by two portals: \(overlapped) of 6 rounds overlapped")
            #expect(overlapped * 2 >= 6, "the transactions did not overlap: the test proves nothing")
            #expect(try await fixture.number("select count(*) from orders") == 6)
            #expect(try await fixture.number("select count(*) from transfer") == 18)
            #expect(try await fixture.check().violations == [])
        }
    }

    private typealias Sending = @Sendable () async throws -> UUID

    /// Runs ten rounds of two decisions on one order, five in each order of arrival. The first is paused once it holds the order's lock,
    /// and released only when the database reports that the second waits for a lock.
    private func race(
        _ name: String, _ moves: (OrderingFixture, Participants, UUID, Date, (String, String), Bool) throws -> (Sending, Sending),
        verdict: (OrderingFixture, UUID, Outcome, Outcome, Bool) async throws -> Void
    ) async throws {
        let pause = TransactionPause()
        try await OrderingFixture.with(isRunning: false) { fixture in
            try fixture.start(faults: pause.hook)
            let (participants, _) = try await Participants.publish(fixture)
            let due = try beijing("2026-05-28", "00:00:00")
            var overlapped = 0
            for round in 0..<10 {
                let order = try await fixture.placed(participants, fen: yuan(10), at: try beijing("2026-05-20"))
                let keys = (fixture.peer.key(inPartition: 0, "a-\(round)"), fixture.peer.key(inPartition: 1, "b-\(round)"))
                let (first, second) = try moves(fixture, participants, order, due, keys, round % 2 == 0)
                pause.arm()
                let firstID = try await first()
                try await eventually("the first has locked the order") { pause.isHolding }
                let secondID = try await second()
                if try await isWaiting(fixture) { overlapped += 1 }
                pause.release()
                try await verdict(
                    fixture, order, try await fixture.peer.answer(to: firstID), try await fixture.peer.answer(to: secondID), round % 2 == 0)
            }
            print("\(name): \(overlapped) of 10 rounds overlapped")
            #expect(overlapped == 10, "rounds that do not overlap prove nothing")
            #expect(try await fixture.check().violations == [])
        }
    }

    /// Whether a transaction of this database waits for a lock within 20 seconds.
    private func isWaiting(_ fixture: OrderingFixture) async throws -> Bool {
        do {
            try await eventually("a transaction waits for a lock", within: .seconds(20)) {
                try await fixture.number(
                    "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0
            }
            return true
        } catch is WaitTimeout {
            return false
        }
    }
}
