import Foundation
import Kernel
import Messages
import Messaging
import TestKit
import Testing

@testable import Payout
@testable import PayoutDomain

@Suite("Events that open a disbursement")
struct OpeningEventTests {
    private let order = UUID()

    private func redemption(payable: Int64?) -> RedemptionChanged {
        RedemptionChanged(
            redemption: RedemptionSnapshot(
                orderID: order, orderNumber: "BJ26-1", programmeID: "beijing-2026", programmeVersion: 1, institutionID: Samples.institution,
                institutionName: "数智", enterpriseID: UUID(), enterpriseName: "企业", productID: UUID(), productName: "产品",
                state: "approved", reservedFen: Fen(3_000_000), amountFen: Fen(2_500_000), payableFen: payable.map { Fen($0) }),
            step: payable == nil ? "notice" : "settle", from: "in-notice", at: Samples.now)
    }

    private func settled(_ reference: String) throws -> OrderChanged {
        OrderChanged(
            order: OrderSnapshot(
                orderID: order, number: "BJ26-1", programmeID: "beijing-2026", programmeVersion: 1, enterpriseID: UUID(),
                enterpriseName: "企业", institutionID: Samples.institution, institutionName: "数智", productID: UUID(), productName: "产品",
                guideLowFen: Fen(1), guideHighFen: Fen(2), voucherFen: Fen(2_500_000), placedAt: Samples.now,
                firstPlacedOn: try BeijingTime.date(at: Samples.now), state: "rated", dueAt: nil),
            step: "settle", from: "rated", reason: reference, at: Samples.now)
    }

    @Test(
        "BJ26-42: a disbursement is due once, when the redemption has a payable amount and ordering has posted it, in either order",
        arguments: [true, false])
    func due(isOrderingFirst: Bool) async throws {
        try await PayoutFixture.with { fixture in
            let redemption = try fixture.messaging.start(
                HandlerRegistry(service: "redemption", rows: NoRows.self) {}, on: try await fixture.messaging.database("redemption"))
            let ordering = try fixture.messaging.start(
                HandlerRegistry(service: "ordering", rows: NoRows.self) {}, on: try await fixture.messaging.database("ordering"))
            let key = order.uuidString.lowercased()
            func publish(_ event: some Event, as service: RunningService<NoRows>) async throws {
                try await service.runtime.publisher.transaction("test.publish", at: Samples.now) { _, output in
                    try output.publish(event, key: key)
                }
            }
            func waitForEvents(_ count: Int64) async throws {
                try await eventually("\(count) events are applied") {
                    try await fixture.payout.number(
                        "select count(*) from prerequisite where redemption_state is not null or programme_id is not null")
                        + fixture.payout.number("select count(*) from disbursement") >= count
                }
            }
            // A settlement by another step of the redemption posts nothing.
            try await publish(try settled("redemption.waive"), as: ordering)
            try await publish(self.redemption(payable: nil), as: redemption)
            try await waitForEvents(1)
            #expect(try await fixture.count("due") == 0)
            if isOrderingFirst {
                try await publish(try settled("redemption.notice"), as: ordering)
                try await eventually("the posting is applied") {
                    try await fixture.payout.number("select count(*) from prerequisite where programme_id is not null") == 1
                }
                #expect(try await fixture.count("due") == 0)
                try await publish(self.redemption(payable: 2_500_000), as: redemption)
            } else {
                try await publish(self.redemption(payable: 2_500_000), as: redemption)
                try await eventually("the amount is applied") {
                    try await fixture.payout.number("select count(*) from prerequisite where amount_fen is not null") == 1
                }
                #expect(try await fixture.count("due") == 0)
                try await publish(try settled("redemption.notice"), as: ordering)
            }
            try await eventually("it is due") { try await fixture.count("due") == 1 }
            // Settlements of returned funds and repeated events must open no further disbursement.
            try await publish(try settled("payout.receive"), as: ordering)
            try await publish(self.redemption(payable: 2_500_000), as: redemption)
            try await publish(try settled("redemption.notice"), as: ordering)
            try await eventually("all events are applied") {
                try await fixture.payout.number("select coalesce(sum(version), 0)::bigint from inbox_stream where key = '\(key)'") >= 7
            }
            #expect(try await fixture.payout.number("select count(*) from disbursement") == 1)
            #expect(try await fixture.payout.number("select amount_fen from disbursement") == 2_500_000)
            #expect(
                try await fixture.payout.number("select count(*) from outbox where type = 'payout.disbursement-changed.v1'") == 1)
        }
    }

    @Test("the sealing key is published once, and again after a key rotation")
    func sealingKey() async throws {
        try await PayoutFixture.with { fixture in
            let publishedCount = { try await fixture.payout.number("select count(*) from outbox where type = 'payout.key-published.v1'") }
            let publisher = fixture.payout.runtime.publisher
            for _ in 1...2 { try await SealingKeyPublisher(cipher: fixture.cipher, publisher: publisher).publish(at: Date()) }
            #expect(try await publishedCount() == 1)
            let other = try AccountCipher(masterKeys: [Data(repeating: 9, count: 32).base64EncodedString()])
            try await SealingKeyPublisher(cipher: other, publisher: publisher).publish(at: Date())
            #expect(try await publishedCount() == 2)
        }
    }
}
