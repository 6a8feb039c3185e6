import Foundation
import Kafka
import Kernel
import Messages
import Messaging
import TestKit
import Testing

@testable import Ordering

@Suite("An order that overtakes what its sender has seen", .serialized)
struct OvertakingTests {
    private static func place(
        _ play: Play, _ cast: Cast, seen: PlaceOrder.Seen?, partition: Int32, fen: Fen = yuan(10)
    ) async throws -> UUID {
        let now = try beijing("2026-05-20")
        return try await play.wire.command(
            PlaceOrder(enterpriseID: cast.enterprise, productID: cast.product, voucherFen: fen, contact: "王女士", seen: seen), by: "portal",
            key: play.wire.key(inPartition: partition, "overtaking-\(partition)"), at: now,
            token: try play.token(cast.enterprise, "enterprise", at: now))
    }

    /// Somebody of the same institution whom nobody has told of yet.
    private static func unknown(_ cast: Cast) -> Cast {
        Cast(programmeID: cast.programmeID, enterprise: UUID(), institution: cast.institution, product: UUID())
    }

    private static func clause(_ play: Play, _ id: UUID) async throws -> String? {
        try await play.wire.answer(to: id).refusal?.clauses.first
    }

    @Test("it waits for the product and the enterprise, and is done once they have come; other partitions go on meanwhile")
    func waits() async throws {
        try await Play.with { play in
            let (known, _) = try await Cast.tell(play)
            let late = Self.unknown(known)
            let order = try await Self.place(play, late, seen: .init(product: 1, enterprise: 1), partition: 0)
            let behind = try await Self.place(play, known, seen: nil, partition: 0)
            let beside = try await Self.place(play, known, seen: .init(product: 1, enterprise: 1), partition: 1)
            #expect(try await Self.clause(play, beside) == nil)
            let at = try beijing("2026-05-20")
            try await play.wire.tell(late.productChanged(stock: 1), by: "catalogue", key: late.product.text, at: at)
            try await eventually("the product has come") { try await play.number("select count(*) from product_copy") == 2 }
            #expect(play.wire.answers[order] == nil && play.wire.answers[behind] == nil, "neither may be decided yet")
            try await play.wire.tell(late.enterpriseChanged(late.enterprise), by: "identity", key: late.enterprise.text, at: at)
            #expect(try await Self.clause(play, order) == nil)
            #expect(try await Self.clause(play, behind) == nil)
        }
    }

    @Test("it is decided on no older state of a product than its sender has seen")
    func newerState() async throws {
        try await Play.with { play in
            let (cast, _) = try await Cast.tell(play)
            let at = try beijing("2026-05-20")
            try await play.wire.tell(cast.productChanged(stock: 1, state: "suspended"), by: "catalogue", key: cast.product.text, at: at)
            try await eventually("it is suspended") {
                try await play.number("select count(*) from product_copy where state = 'suspended'") == 1
            }
            let order = try await Self.place(play, cast, seen: .init(product: 3, enterprise: 1), partition: 0)
            try await play.wire.tell(cast.productChanged(stock: 1), by: "catalogue", key: cast.product.text, at: at)
            #expect(try await Self.clause(play, order) == nil)
        }
    }

    @Test("QUAN-07: what its sender has not seen either is refused at once")
    func unseen() async throws {
        try await Play.with { play in
            let (cast, _) = try await Cast.tell(play)
            let nobody = Self.unknown(cast)
            #expect(
                try await Self.clause(play, Self.place(play, nobody, seen: .init(product: nil, enterprise: nil), partition: 0)) == "QUAN-07"
            )
            let listed = Cast(
                programmeID: cast.programmeID, enterprise: UUID(), institution: cast.institution, product: cast.product)
            #expect(
                try await Self.clause(play, Self.place(play, listed, seen: .init(product: 1, enterprise: nil), partition: 0)) == "QUAN-07")
        }
    }

    @Test("QUAN-07: nobody waits for what is set aside here")
    func setAside() async throws {
        try await Play.with { play in
            let (cast, _) = try await Cast.tell(play)
            let late = Self.unknown(cast)
            let at = try beijing("2026-05-20")
            var broken = try play.wire.told(late.productChanged(stock: 1), by: "catalogue", key: late.product.text, at: at)
            broken.value = Array("{}".utf8)
            try await play.wire.send([broken])
            try await play.wire.tell(late.enterpriseChanged(late.enterprise), by: "identity", key: late.enterprise.text, at: at)
            try await eventually("it is set aside") { try await play.number("select count(*) from parked where is_head") == 1 }
            let order = try await Self.place(play, late, seen: .init(product: 1, enterprise: 1), partition: 0)
            #expect(try await Self.clause(play, order) == "QUAN-07")
        }
    }
}
