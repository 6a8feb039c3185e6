import Access
import Crypto
import Foundation
import Kernel
import Messages
import Messaging
import TestKit
import Testing

@testable import Ordering

@Suite("Bad input to ordering")
struct BadInputTests {
    @Test("amounts that are negative, nothing, fractional, or beyond all numbers; unknown products and enterprises: refused, and answered")
    func bodies() async throws {
        try await Play.with { play in
            let (cast, _) = try await Cast.tell(play)
            let now = try beijing("2026-05-20")
            let token = try play.token(cast.enterprise, "enterprise", at: now)
            func place(_ fen: String, product: String? = nil, enterprise: UUID? = nil) async throws -> String? {
                let token = try enterprise.map { try play.token($0, "enterprise", at: now) } ?? token
                let body =
                    #"{"enterpriseID":"\#((enterprise ?? cast.enterprise).uuidString)","productID":"\#(product ?? cast.product.uuidString)","#
                    + #""voucherFen":\#(fen),"contact":"王女士"}"#
                let id = try await play.wire.command(
                    body: Array(body.utf8), PlaceOrder.type, by: "portal", key: "bad", at: now, token: token)
                return try await play.wire.answer(to: id).refusal?.clauses.first
            }
            #expect(try await place("0") == "QUAN-11")
            #expect(try await place("-300000") == "QUAN-11")
            #expect(try await place("3000.5") == "QUAN-01")
            #expect(try await place("9223372036854775808") == "QUAN-01")
            #expect(try await place("9223372036854775807") == "BJ26-02")
            #expect(try await place(#""300000""#) == "QUAN-01")
            #expect(try await place("300000", product: UUID().uuidString) == "QUAN-07")
            #expect(try await place("300000", enterprise: UUID()) == "QUAN-07")
            #expect(try await place("300000", product: "nothing") == "QUAN-01")
            #expect(try await play.number("select count(*) from orders") == 0)
            #expect(try await play.number("select count(*) from parked") == 0)
        }
    }

    @Test("QUAN-09, QUAN-10: no token, an expired, unsigned or forged one, one of another organisation, of a role that may not")
    func tokens() async throws {
        try await Play.with { play in
            let (cast, others) = try await Cast.tell(play, enterprises: 2)
            let now = try beijing("2026-05-20")
            func place(_ token: String?) async throws -> String? {
                let command = PlaceOrder(enterpriseID: cast.enterprise, productID: cast.product, voucherFen: yuan(10), contact: "王女士")
                let id = try await play.wire.command(command, by: "portal", key: "tokens", at: now, token: token)
                return try await play.wire.answer(to: id).refusal?.clauses.first
            }
            let good = try play.token(cast.enterprise, "enterprise", at: now)
            let parts = good.split(separator: ".")
            let unsigned = "eyJhbGciOiJub25lIn0.\(parts[1])."
            let swapped = try play.token(others[1], "enterprise", at: now).split(separator: ".")
            #expect(try await place(nil) == "QUAN-09")
            #expect(try await place("") == "QUAN-09")
            #expect(try await place("not a token") == "QUAN-09")
            #expect(try await place(try play.token(cast.enterprise, "enterprise", at: now.addingTimeInterval(-3600))) == "QUAN-09")
            #expect(try await place(unsigned) == "QUAN-09")
            #expect(try await place("\(parts[0]).\(swapped[1]).\(parts[2])") == "QUAN-09")
            #expect(try await place(try play.token(others[1], "enterprise", at: now)) == "QUAN-10")
            #expect(try await place(try play.token(cast.enterprise, "institution", at: now)) == "QUAN-10")
            #expect(try await place(try play.token(cast.enterprise, "platform", at: now)) == "QUAN-10")
            #expect(try await place(good) == nil)
        }
    }

    @Test("QUAN-10: what only services may say is refused from anybody else; QUAN-07: an unknown order")
    func sources() async throws {
        try await Play.with { play in
            let (cast, _) = try await Cast.tell(play)
            let now = try beijing("2026-05-20")
            let order = try await play.placed(cast, at: now)
            func clause(_ id: UUID) async throws -> String? { try await play.wire.answer(to: id).refusal?.clauses.first }
            let wire = play.wire
            #expect(
                try await clause(wire.command(CreditChecked(orderID: order, refusals: []), by: "portal", key: "s", at: now)) == "QUAN-10")
            #expect(
                try await clause(wire.command(SettleOrder(orderID: order, step: "redemption.notice"), by: "portal", key: "s", at: now))
                    == "QUAN-10")
            #expect(
                try await clause(wire.command(SettleOrder(orderID: order, step: "redemption.notice"), by: "payout", key: "s", at: now))
                    == "QUAN-10")
            #expect(try await clause(wire.command(CheckLedger(), by: "portal", key: "s", at: now)) == "QUAN-10")
            #expect(
                try await clause(
                    wire.command(LapseOrder(orderID: order, deadline: "decision", dueAt: now), by: "portal", key: "s", at: now))
                    == "QUAN-10")
            #expect(try await clause(play.decide(UUID(), .accept, by: cast.institution, "institution", at: now)) == "QUAN-07")
            #expect(try await clause(play.decide(order, .accept, by: UUID(), "institution", at: now)) == "QUAN-10")
            #expect(try await clause(play.decide(order, .accept, by: cast.enterprise, "enterprise", at: now)) == "QUAN-10")
            #expect(try await play.state(order) == "placed")
        }
    }

    @Test("BJ26-29, BJ26-24: before opening, after the cut-off, and for a suspended product")
    func closed() async throws {
        try await Play.with { play in
            let (cast, _) = try await Cast.tell(play)
            func slug(_ now: Date) async throws -> String? {
                try await play.wire.answer(to: try await play.place(cast, fen: yuan(10), at: now)).refusal?.slug
            }
            #expect(try await slug(try beijing("2026-03-29", "23:59:59")) == "ordering-closed")
            #expect(try await slug(try beijing("2026-09-01", "00:00:00")) == "ordering-closed")
            #expect(try await slug(try beijing("2027-01-01", "00:00:00")) == "unknown-reference")
            try await play.wire.tell(
                cast.productChanged(stock: 40, state: "suspended"), by: "catalogue", key: cast.product.text, at: try beijing("2026-05-01"))
            try await eventually("it is suspended") {
                try await play.number("select count(*) from product_copy where state = 'suspended'") == 1
            }
            #expect(try await slug(try beijing("2026-05-20")) == "product-not-listed")
        }
    }

    @Test("QUAN-01: a rating that is no number of stars, and a reason longer than people read")
    func ratings() async throws {
        try await Play.with { play in
            let (cast, _) = try await Cast.tell(play)
            let now = try beijing("2026-05-20")
            let order = try await play.placed(cast, at: now)
            let reason = String(repeating: "长", count: 501)
            // A sender of this version judges the text itself; this one is of another.
            let declined = try await play.wire.command(
                body: Array(#"{"decision":"decline-order","orderID":"\#(order.text)","reason":"\#(reason)"}"#.utf8), DecideOrder.type,
                by: "portal", key: order.text, at: now, token: try play.token(cast.institution, "institution", at: now))
            #expect(try await play.wire.answer(to: declined).refusal?.clauses.first == "QUAN-01")
            let silent = try await play.decide(order, .decline, by: cast.institution, "institution", at: now)
            #expect(try await play.wire.answer(to: silent).refusal?.clauses.first == "QUAN-01")
        }
    }
}
