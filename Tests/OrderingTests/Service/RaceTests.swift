import Foundation
import Kafka
import Kernel
import Messages
import Messaging
import TestKit
import Testing

@testable import Ordering

/// Races with real concurrency: transactions that are under way at the same time, which the database itself is asked about.
@Suite("Races", .serialized)
struct RaceTests {
    @Test(
        "BJ26-28: the last voucher of a stock, wanted by 500 enterprises at once, goes to one; the others are refused by the clause",
        .timeLimit(.minutes(5)))
    func lastVoucher() async throws {
        try await Play.with(isRunning: false, partitions: 8) { play in
            let overlap = Overlap()
            for _ in 0..<2 { try play.start(lanes: 4, batchAtMost: 8, faults: overlap.hook) }
            let (cast, enterprises) = try await Cast.tell(play, stock: 1, enterprises: 500)
            let now = try beijing("2026-05-20")
            let before = overlap.counts
            let ids = enterprises.map { _ in UUID() }
            var records: [KafkaOutgoing] = []
            for (id, enterprise) in zip(ids, enterprises) {
                let command = PlaceOrder(enterpriseID: enterprise, productID: cast.product, voucherFen: yuan(10), contact: "王女士")
                records.append(
                    play.wire.outgoing(
                        body: try MessageBody.encode(command), PlaceOrder.type, by: "portal", key: id.text, id: id, at: now,
                        token: try play.token(enterprise, "enterprise", at: now)))
            }
            try await play.wire.send(records)
            // Of the replies that were heard some may be repetitions: what counts is that each order has its own.
            var answers: [Outcome] = []
            try await eventually("all 500 are answered", within: .seconds(180)) {
                let heard = play.wire.answers
                answers = ids.compactMap { heard[$0] }
                return answers.count == ids.count
            }
            #expect(answers.count == 500)
            #expect(answers.filter { $0.refusal == nil }.count == 1)
            #expect(answers.compactMap(\.refusal).allSatisfy { $0.slug == "product-vouchers-used-up" })
            #expect(try await play.number("select drawn from account where cap = 'product-stock'") == 1)
            let (all, overlapping) = overlap.counts
            print("race for the last voucher: \(overlapping - before.overlapping) of \(all - before.all) transactions overlapped another")
            #expect(all - before.all > 20, "the orders came in many transactions")
            #expect(overlapping - before.overlapping > (all - before.all) / 2, "they ran one after another: nothing was raced")
            #expect(try await play.check().violations == [])
        }
    }

    @Test(
        "BJ26-30: accept against expiry, both orders of arrival: one winner, whoever has the order first; the other is told why",
        .timeLimit(.minutes(5)))
    func acceptAgainstExpiry() async throws {
        try await race("accept against expiry") { play, cast, order, due, keys, isFirst in
            let accept: @Sendable () async throws -> UUID = {
                try await play.decide(
                    order, .accept, by: cast.institution, "institution", at: due.addingTimeInterval(-0.000_001), key: keys.0)
            }
            let expire: @Sendable () async throws -> UUID = {
                try await play.wire.command(
                    LapseOrder(orderID: order, deadline: "decision", dueAt: due), by: "ordering", key: keys.1, at: due)
            }
            return isFirst ? (accept, expire) : (expire, accept)
        } verdict: { (play: Play, order: UUID, first: Outcome, second: Outcome, isFirst: Bool) async throws -> Void in
            #expect(first.refusal == nil)
            if isFirst {
                #expect(try await play.state(order) == "accepted")
                #expect(second.refusal == nil, "a firing that comes too late does nothing")
                #expect(try await play.number("select count(*) from transfer where order_id = '\(order.text)' and kind <> 'reserve'") == 0)
            } else {
                #expect(try await play.state(order) == "expired")
                #expect(second.refusal?.slug == "order-expired")
                #expect(try await play.number("select count(*) from transfer where order_id = '\(order.text)' and kind = 'release'") == 3)
            }
        }
    }

    @Test(
        "QUAN-18: cancel against accept, both orders of arrival: one winner, and the other is refused by its clause",
        .timeLimit(.minutes(5)))
    func cancelAgainstAccept() async throws {
        try await race("cancel against accept") { play, cast, order, due, keys, isFirst in
            let now = due.addingTimeInterval(-3600)
            let accept: @Sendable () async throws -> UUID = {
                try await play.decide(order, .accept, by: cast.institution, "institution", at: now, key: keys.0)
            }
            let cancel: @Sendable () async throws -> UUID = {
                try await play.decide(order, .cancel, by: cast.enterprise, "enterprise", at: now, key: keys.1)
            }
            return isFirst ? (accept, cancel) : (cancel, accept)
        } verdict: { (play: Play, order: UUID, first: Outcome, second: Outcome, isFirst: Bool) async throws -> Void in
            #expect(first.refusal == nil)
            #expect(try await play.state(order) == (isFirst ? "accepted" : "cancelled"))
            #expect(second.refusal?.clauses == ["QUAN-15", isFirst ? "QUAN-18" : "BJ26-30"])
        }
    }

    @Test("QUAN-05: one command sent by two portals takes effect once, and both hear the same answer", .timeLimit(.minutes(5)))
    func twoPortals() async throws {
        let gate = Gate()
        try await Play.with(isRunning: false) { play in
            try play.start(faults: gate.hook)
            let (cast, _) = try await Cast.tell(play)
            let now = try beijing("2026-05-20")
            var overlapped = 0
            for round in 0..<6 {
                let id = UUID()
                gate.arm()
                for partition in [Int32(0), 1] {
                    _ = try await play.place(
                        cast, fen: yuan(10), at: now, id: id, key: play.wire.key(inPartition: partition, "portal-\(partition)-\(round)"))
                    if partition == 0 { try await eventually("the first holds its rows") { gate.isHolding } }
                }
                if try await isWaiting(play) { overlapped += 1 }
                gate.open()
                let answer = try await play.wire.answer(to: id)
                #expect(answer.refusal == nil)
                try await eventually("both are answered") {
                    play.wire.messages(Outcome.self, on: "replies").filter { $0.commandID == id }.count >= 2
                }
                #expect(Set(play.wire.messages(Outcome.self, on: "replies").filter { $0.commandID == id }) == [answer])
            }
            print("one command by two portals: \(overlapped) of 6 rounds overlapped")
            #expect(overlapped * 2 >= 6, "they ran one after another: nothing was raced")
            #expect(try await play.number("select count(*) from orders") == 6)
            #expect(try await play.number("select count(*) from transfer") == 18)
            #expect(try await play.check().violations == [])
        }
    }

    private typealias Sending = @Sendable () async throws -> UUID

    /// Plays ten rounds of two decisions on one order, five in each order of arrival. The first is held once it has the order's lock; the
    /// second is sent, and let go only when the database says that it waits for a lock.
    private func race(
        _ name: String, _ moves: (Play, Cast, UUID, Date, (String, String), Bool) throws -> (Sending, Sending),
        verdict: (Play, UUID, Outcome, Outcome, Bool) async throws -> Void
    ) async throws {
        let gate = Gate()
        try await Play.with(isRunning: false) { play in
            try play.start(faults: gate.hook)
            let (cast, _) = try await Cast.tell(play)
            let due = try beijing("2026-05-28", "00:00:00")
            var overlapped = 0
            for round in 0..<10 {
                let order = try await play.placed(cast, fen: yuan(10), at: try beijing("2026-05-20"))
                let keys = (play.wire.key(inPartition: 0, "a-\(round)"), play.wire.key(inPartition: 1, "b-\(round)"))
                let (first, second) = try moves(play, cast, order, due, keys, round % 2 == 0)
                gate.arm()
                let firstID = try await first()
                try await eventually("the first holds the order") { gate.isHolding }
                let secondID = try await second()
                if try await isWaiting(play) { overlapped += 1 }
                gate.open()
                try await verdict(
                    play, order, try await play.wire.answer(to: firstID), try await play.wire.answer(to: secondID), round % 2 == 0)
            }
            print("\(name): \(overlapped) of 10 rounds overlapped")
            #expect(overlapped == 10, "rounds that ran one after another prove nothing")
            #expect(try await play.check().violations == [])
        }
    }

    /// Whether a transaction of this database comes to wait for another's lock.
    private func isWaiting(_ play: Play) async throws -> Bool {
        do {
            try await eventually("a transaction waits for a lock", within: .seconds(20)) {
                try await play.number(
                    "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0
            }
            return true
        } catch is NeverHappened {
            return false
        }
    }
}
