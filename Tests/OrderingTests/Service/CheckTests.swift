import Foundation
import Kernel
import Messages
import Postgres
import TestKit
import Testing

@testable import Ordering

@Suite("The ledger's check")
struct CheckTests {
    @Test("a ledger that is in order passes; every law, once broken below the service, is named")
    func planted() async throws {
        try await Play.with { play in
            let (cast, _) = try await Cast.tell(play)
            let now = try beijing("2026-05-20")
            let kept = try await play.placed(cast, at: now)
            let gone = try await play.placed(cast, at: now)
            try await play.done(try await play.decide(gone, .cancel, by: cast.enterprise, "enterprise", at: now))
            let sound = try await play.check()
            #expect(sound.violations == [])
            #expect([sound.accounts, sound.transfers, sound.orders, sound.frozen] == [3, 9, 2, 0])

            // The tables would not take these; a fault of the machine or a hand in the database might.
            try await play.script(
                """
                alter table account drop constraint account_check;
                alter table transfer drop constraint transfer_check;
                alter table transfer drop constraint transfer_check1;
                """)
            let faults: [(law: String, plant: String, mend: String)] = [
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
                try await play.script(fault.plant)
                #expect(try await play.check().violations.contains { $0.law == fault.law }, "\(fault.law)")
                try await play.script(fault.mend)
                #expect(try await play.check().violations == [], "after \(fault.law)")
            }
        }
    }
}

extension Play {
    func script(_ sql: String) async throws { try await pool.withConnection { try await $0.script(sql) } }
}
