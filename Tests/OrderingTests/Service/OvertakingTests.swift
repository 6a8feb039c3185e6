import Foundation
import Kafka
import Kernel
import Messages
import Messaging
import TestKit
import Testing

@testable import Ordering

@Suite("Orders that arrive before the events their sender has seen", .serialized)
struct OvertakingTests {
    private static func place(
        _ fixture: OrderingFixture, _ participants: Participants, seen: PlaceOrder.ConsistencyToken?, partition: Int32, fen: Fen = yuan(10)
    ) async throws -> UUID {
        let now = try beijing("2026-05-20")
        return try await fixture.peer.command(
            PlaceOrder(
                enterpriseID: participants.enterprise, productID: participants.product, voucherFen: fen, contact: "王女士",
                consistencyToken: seen),
            by: "portal", key: fixture.peer.key(inPartition: partition, "overtaking-\(partition)"), at: now,
            token: try fixture.token(participants.enterprise, "enterprise", at: now))
    }

    /// An enterprise and a product of the same institution that are not published yet.
    private static func unknown(_ participants: Participants) -> Participants {
        Participants(programmeID: participants.programmeID, enterprise: UUID(), institution: participants.institution, product: UUID())
    }

    private static func clause(_ fixture: OrderingFixture, _ id: UUID) async throws -> String? {
        try await fixture.peer.answer(to: id).refusal?.clauses.first
    }

    @Test("an order waits for the product and the enterprise in its consistency token; other partitions continue")
    func waits() async throws {
        try await OrderingFixture.with { fixture in
            let (known, _) = try await Participants.publish(fixture)
            let late = Self.unknown(known)
            let order = try await Self.place(fixture, late, seen: .init(product: 1, enterprise: 1), partition: 0)
            let behind = try await Self.place(fixture, known, seen: nil, partition: 0)
            let beside = try await Self.place(fixture, known, seen: .init(product: 1, enterprise: 1), partition: 1)
            #expect(try await Self.clause(fixture, beside) == nil)
            let at = try beijing("2026-05-20")
            try await fixture.peer.publish(late.productChanged(stock: 1), by: "catalogue", key: late.product.text, at: at)
            try await eventually("the product has arrived") { try await fixture.number("select count(*) from product_copy") == 2 }
            #expect(fixture.peer.answers[order] == nil && fixture.peer.answers[behind] == nil, "neither may be decided yet")
            try await fixture.peer.publish(late.enterpriseChanged(late.enterprise), by: "identity", key: late.enterprise.text, at: at)
            #expect(try await Self.clause(fixture, order) == nil)
            #expect(try await Self.clause(fixture, behind) == nil)
        }
    }

    @Test("an order is decided on a state of the product at least as new as its sender has seen")
    func newerState() async throws {
        try await OrderingFixture.with { fixture in
            let (participants, _) = try await Participants.publish(fixture)
            let at = try beijing("2026-05-20")
            try await fixture.peer.publish(
                participants.productChanged(stock: 1, state: "suspended"), by: "catalogue", key: participants.product.text, at: at)
            try await eventually("the product is suspended") {
                try await fixture.number("select count(*) from product_copy where state = 'suspended'") == 1
            }
            let order = try await Self.place(fixture, participants, seen: .init(product: 3, enterprise: 1), partition: 0)
            try await fixture.peer.publish(participants.productChanged(stock: 1), by: "catalogue", key: participants.product.text, at: at)
            #expect(try await Self.clause(fixture, order) == nil)
        }
    }

    @Test("QUAN-07: an unknown product or enterprise without a version in the consistency token is refused at once")
    func unseen() async throws {
        try await OrderingFixture.with { fixture in
            let (participants, _) = try await Participants.publish(fixture)
            let unknown = Self.unknown(participants)
            #expect(
                try await Self.clause(fixture, Self.place(fixture, unknown, seen: .init(product: nil, enterprise: nil), partition: 0))
                    == "QUAN-07"
            )
            let listed = Participants(
                programmeID: participants.programmeID, enterprise: UUID(), institution: participants.institution,
                product: participants.product)
            #expect(
                try await Self.clause(fixture, Self.place(fixture, listed, seen: .init(product: 1, enterprise: nil), partition: 0))
                    == "QUAN-07")
        }
    }

    @Test("QUAN-07: an order does not wait for a parked event")
    func parkedEvent() async throws {
        try await OrderingFixture.with { fixture in
            let (participants, _) = try await Participants.publish(fixture)
            let late = Self.unknown(participants)
            let at = try beijing("2026-05-20")
            var broken = try fixture.peer.eventRecord(late.productChanged(stock: 1), by: "catalogue", key: late.product.text, at: at)
            broken.value = Array("{}".utf8)
            try await fixture.peer.send([broken])
            try await fixture.peer.publish(late.enterpriseChanged(late.enterprise), by: "identity", key: late.enterprise.text, at: at)
            try await eventually("the event is parked") { try await fixture.number("select count(*) from parked where is_head") == 1 }
            let order = try await Self.place(fixture, late, seen: .init(product: 1, enterprise: 1), partition: 0)
            #expect(try await Self.clause(fixture, order) == "QUAN-07")
        }
    }
}
