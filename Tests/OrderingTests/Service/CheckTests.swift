import Foundation
import Kernel
import Messages
import Postgres
import TestKit
import Testing

@testable import Ordering

@Suite("Ledger check")
struct CheckTests {
    @Test("a correct ledger passes; each invariant violated in the tables is reported")
    func violations() async throws {
        try await OrderingFixture.with { fixture in
            let (participants, _) = try await Participants.publish(fixture)
            let now = try beijing("2026-05-20")
            let kept = try await fixture.placed(participants, at: now)
            let gone = try await fixture.placed(participants, at: now)
            try await fixture.done(try await fixture.decide(gone, .cancel, by: participants.enterprise, "enterprise", at: now))
            let sound = try await fixture.check()
            #expect(sound.violations == [])
            #expect([sound.accounts, sound.transfers, sound.orders, sound.frozen] == [3, 9, 2, 0])

            // Constraints prevent these violations; hardware faults or manual changes might still cause them.
            try await fixture.script(
                """
                alter table account drop constraint account_check;
                alter table transfer drop constraint transfer_check;
                alter table transfer drop constraint transfer_check1;
                """)
            let faults: [(law: String, violate: String, repair: String)] = [
                (
                    "sum-not-zero", "update transfer set rest = 5 where kind = 'release' and number = 4",
                    "update transfer set rest = 0 where kind = 'release' and number = 4"
                ),
                (
                    "balance-differs", "update account set pending = pending + 1 where cap = 'enterprise-year'",
                    "update account set pending = pending - 1 where cap = 'enterprise-year'"
                ),
                (
                    "balance-differs", "update account set version = version + 1 where cap = 'product-stock'",
                    "update account set version = version - 1 where cap = 'product-stock'"
                ),
                (
                    "history-differs", "update transfer set drawn_then = drawn_then + 1 where number = 1 and order_id = '\(kept.text)'",
                    "update transfer set drawn_then = drawn_then - 1 where number = 1 and order_id = '\(kept.text)'"
                ),
                (
                    "limit-passed", "update transfer set limit_then = 1 where number = 1 and order_id = '\(kept.text)'",
                    "update transfer set limit_then = 20000000 where number = 1 and order_id = '\(kept.text)'"
                ),
                (
                    "ended-twice",
                    """
                    insert into transfer select order_id, 7, account, account_number + 10, 'post', amount, 0, 1, limit_then, drawn_then, message_id,
                           decided_at from transfer where order_id = '\(gone.text)' and number = 1
                    """, "delete from transfer where number = 7"
                ),
                (
                    "order-differs", "update orders set held_fen = 1 where id = '\(kept.text)'",
                    "update orders set held_fen = 300000 where id = '\(kept.text)'"
                ),
                (
                    "state-holds", "update orders set state = 'expired' where id = '\(kept.text)'",
                    "update orders set state = 'placed' where id = '\(kept.text)'"
                ),
            ]
            for fault in faults {
                try await fixture.script(fault.violate)
                #expect(try await fixture.check().violations.contains { $0.law == fault.law }, "\(fault.law)")
                try await fixture.script(fault.repair)
                #expect(try await fixture.check().violations == [], "after \(fault.law)")
            }
        }
    }
}

extension OrderingFixture {
    func script(_ sql: String) async throws { try await pool.withConnection { try await $0.script(sql) } }
}
