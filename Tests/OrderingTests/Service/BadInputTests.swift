import Access
import Crypto
import Foundation
import Kernel
import Messages
import Messaging
import TestKit
import Testing

@testable import Ordering

@Suite("Invalid input to ordering")
struct BadInputTests {
    @Test("negative, zero, fractional and overflowing amounts, and unknown products and enterprises, are refused with an answer")
    func bodies() async throws {
        try await OrderingFixture.with { fixture in
            let (participants, _) = try await Participants.publish(fixture)
            let now = try beijing("2026-05-20")
            let token = try fixture.token(participants.enterprise, "enterprise", at: now)
            func place(_ fen: String, product: String? = nil, enterprise: UUID? = nil) async throws -> String? {
                let token = try enterprise.map { try fixture.token($0, "enterprise", at: now) } ?? token
                let body =
                    #"{"enterpriseID":"\#((enterprise ?? participants.enterprise).uuidString)","productID":"\#(product ?? participants.product.uuidString)","#
                    + #""voucherFen":\#(fen),"contact":"王女士"}"#
                let id = try await fixture.peer.command(
                    body: Array(body.utf8), PlaceOrder.type, by: "portal", key: "bad", at: now, token: token)
                return try await fixture.peer.answer(to: id).refusal?.clauses.first
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
            #expect(try await fixture.number("select count(*) from orders") == 0)
            #expect(try await fixture.number("select count(*) from parked") == 0)
        }
    }

    @Test("QUAN-09, QUAN-10: a missing, expired, unsigned or forged token, another organisation, or a missing role is refused")
    func tokens() async throws {
        try await OrderingFixture.with { fixture in
            let (participants, others) = try await Participants.publish(fixture, enterprises: 2)
            let now = try beijing("2026-05-20")
            func place(_ token: String?) async throws -> String? {
                let command = PlaceOrder(
                    enterpriseID: participants.enterprise, productID: participants.product, voucherFen: yuan(10), contact: "王女士")
                let id = try await fixture.peer.command(command, by: "portal", key: "tokens", at: now, token: token)
                return try await fixture.peer.answer(to: id).refusal?.clauses.first
            }
            let good = try fixture.token(participants.enterprise, "enterprise", at: now)
            let parts = good.split(separator: ".")
            let unsigned = "eyJhbGciOiJub25lIn0.\(parts[1])."
            let swapped = try fixture.token(others[1], "enterprise", at: now).split(separator: ".")
            #expect(try await place(nil) == "QUAN-09")
            #expect(try await place("") == "QUAN-09")
            #expect(try await place("not a token") == "QUAN-09")
            #expect(
                try await place(try fixture.token(participants.enterprise, "enterprise", at: now.addingTimeInterval(-3600))) == "QUAN-09")
            #expect(try await place(unsigned) == "QUAN-09")
            #expect(try await place("\(parts[0]).\(swapped[1]).\(parts[2])") == "QUAN-09")
            #expect(try await place(try fixture.token(others[1], "enterprise", at: now)) == "QUAN-10")
            #expect(try await place(try fixture.token(participants.enterprise, "institution", at: now)) == "QUAN-10")
            #expect(try await place(try fixture.token(participants.enterprise, "platform", at: now)) == "QUAN-10")
            #expect(try await place(good) == nil)
        }
    }

    @Test("QUAN-10, QUAN-07: commands reserved for services are refused from other senders; unknown orders are refused")
    func sources() async throws {
        try await OrderingFixture.with { fixture in
            let (participants, _) = try await Participants.publish(fixture)
            let now = try beijing("2026-05-20")
            let order = try await fixture.placed(participants, at: now)
            func clause(_ id: UUID) async throws -> String? { try await fixture.peer.answer(to: id).refusal?.clauses.first }
            let peer = fixture.peer
            #expect(
                try await clause(peer.command(CreditChecked(orderID: order, refusals: []), by: "portal", key: "s", at: now)) == "QUAN-10")
            #expect(
                try await clause(peer.command(SettleOrder(orderID: order, step: "redemption.notice"), by: "portal", key: "s", at: now))
                    == "QUAN-10")
            #expect(
                try await clause(peer.command(SettleOrder(orderID: order, step: "redemption.notice"), by: "payout", key: "s", at: now))
                    == "QUAN-10")
            #expect(try await clause(peer.command(CheckLedger(), by: "portal", key: "s", at: now)) == "QUAN-10")
            #expect(
                try await clause(
                    peer.command(LapseOrder(orderID: order, deadline: "decision", dueAt: now), by: "portal", key: "s", at: now))
                    == "QUAN-10")
            #expect(try await clause(fixture.decide(UUID(), .accept, by: participants.institution, "institution", at: now)) == "QUAN-07")
            #expect(try await clause(fixture.decide(order, .accept, by: UUID(), "institution", at: now)) == "QUAN-10")
            #expect(try await clause(fixture.decide(order, .accept, by: participants.enterprise, "enterprise", at: now)) == "QUAN-10")
            #expect(try await fixture.state(order) == "placed")
        }
    }

    @Test("BJ26-29, BJ26-24: orders before the window, after it, or for a suspended product are refused")
    func closed() async throws {
        try await OrderingFixture.with { fixture in
            let (participants, _) = try await Participants.publish(fixture)
            func slug(_ now: Date) async throws -> String? {
                try await fixture.peer.answer(to: try await fixture.place(participants, fen: yuan(10), at: now)).refusal?.slug
            }
            #expect(try await slug(try beijing("2026-03-29", "23:59:59")) == "ordering-closed")
            #expect(try await slug(try beijing("2026-09-01", "00:00:00")) == "ordering-closed")
            #expect(try await slug(try beijing("2027-01-01", "00:00:00")) == "unknown-reference")
            try await fixture.peer.publish(
                participants.productChanged(stock: 40, state: "suspended"), by: "catalogue", key: participants.product.text,
                at: try beijing("2026-05-01"))
            try await eventually("the product is suspended") {
                try await fixture.number("select count(*) from product_copy where state = 'suspended'") == 1
            }
            #expect(try await slug(try beijing("2026-05-20")) == "product-not-listed")
        }
    }

    @Test("QUAN-01: a decline with a missing or too long reason is refused")
    func ratings() async throws {
        try await OrderingFixture.with { fixture in
            let (participants, _) = try await Participants.publish(fixture)
            let now = try beijing("2026-05-20")
            let order = try await fixture.placed(participants, at: now)
            let reason = String(repeating: "长", count: 501)
            // This version's sender would refuse the text itself, so the body is written by hand.
            let declined = try await fixture.peer.command(
                body: Array(#"{"decision":"decline-order","orderID":"\#(order.text)","reason":"\#(reason)"}"#.utf8), DecideOrder.type,
                by: "portal", key: order.text, at: now, token: try fixture.token(participants.institution, "institution", at: now))
            #expect(try await fixture.peer.answer(to: declined).refusal?.clauses.first == "QUAN-01")
            let silent = try await fixture.decide(order, .decline, by: participants.institution, "institution", at: now)
            #expect(try await fixture.peer.answer(to: silent).refusal?.clauses.first == "QUAN-01")
        }
    }
}
