import Foundation
import Kernel
import Messages
import Messaging
import TestKit
import Testing

@testable import Payout
@testable import PayoutDomain

@Suite("From redemption and ordering to a due disbursement")
struct OpeningEventTests {
    private let order = UUID()

    private func redemption(payable: Int64?) -> RedemptionChanged {
        RedemptionChanged(
            redemption: RedemptionSnapshot(
                orderID: order, orderNumber: "BJ26-1", programmeID: "beijing-2026", programmeVersion: 1, institutionID: City.institution,
                institutionName: "数智", enterpriseID: UUID(), enterpriseName: "企业", productID: UUID(), productName: "产品",
                state: "approved", reservedFen: Fen(3_000_000), amountFen: Fen(2_500_000), payableFen: payable.map { Fen($0) }),
            step: payable == nil ? "notice" : "settle", from: "in-notice", at: City.now)
    }

    private func settled(_ reference: String) throws -> OrderChanged {
        OrderChanged(
            order: OrderSnapshot(
                orderID: order, number: "BJ26-1", programmeID: "beijing-2026", programmeVersion: 1, enterpriseID: UUID(),
                enterpriseName: "企业", institutionID: City.institution, institutionName: "数智", productID: UUID(), productName: "产品",
                guideLowFen: Fen(1), guideHighFen: Fen(2), voucherFen: Fen(2_500_000), placedAt: City.now,
                firstPlacedOn: try BeijingTime.date(at: City.now), state: "rated", dueAt: nil),
            step: "settle", from: "rated", reason: reference, at: City.now)
    }

    @Test(
        "BJ26-42: a disbursement is due once, when redemption says what may be paid and ordering has posted it, in whichever order they are heard",
        arguments: [true, false])
    func due(isOrderingFirst: Bool) async throws {
        try await PayoutStage.with { stage in
            let redemption = try stage.stage.start(
                Contents(service: "redemption", rows: NoRows.self) {}, on: try await stage.stage.database("redemption"))
            let ordering = try stage.stage.start(
                Contents(service: "ordering", rows: NoRows.self) {}, on: try await stage.stage.database("ordering"))
            let key = order.uuidString.lowercased()
            func say(_ event: some Event, as service: RunningService<NoRows>) async throws {
                try await service.runtime.speaker.transaction("test.say", at: City.now) { _, say in try say.publish(event, key: key) }
            }
            func heard(_ count: Int64) async throws {
                try await eventually("\(count) events are heard") {
                    try await stage.payout.number(
                        "select count(*) from opening where redemption_state is not null or programme_id is not null")
                        + stage.payout.number("select count(*) from disbursement") >= count
                }
            }
            // What another step of the redemption does to the ledger posts nothing.
            try await say(try settled("redemption.waive"), as: ordering)
            try await say(self.redemption(payable: nil), as: redemption)
            try await heard(1)
            #expect(try await stage.count("due") == 0)
            if isOrderingFirst {
                try await say(try settled("redemption.notice"), as: ordering)
                try await eventually("the posting is heard") {
                    try await stage.payout.number("select count(*) from opening where programme_id is not null") == 1
                }
                #expect(try await stage.count("due") == 0)
                try await say(self.redemption(payable: 2_500_000), as: redemption)
            } else {
                try await say(self.redemption(payable: 2_500_000), as: redemption)
                try await eventually("the amount is heard") {
                    try await stage.payout.number("select count(*) from opening where amount_fen is not null") == 1
                }
                #expect(try await stage.count("due") == 0)
                try await say(try settled("redemption.notice"), as: ordering)
            }
            try await eventually("it is due") { try await stage.count("due") == 1 }
            // The return of funds settles the order again, and redemption may speak again: nothing new is due.
            try await say(try settled("payout.receive"), as: ordering)
            try await say(self.redemption(payable: 2_500_000), as: redemption)
            try await say(try settled("redemption.notice"), as: ordering)
            try await eventually("all is heard") {
                try await stage.payout.number("select coalesce(sum(version), 0)::bigint from inbox_stream where key = '\(key)'") >= 7
            }
            #expect(try await stage.payout.number("select count(*) from disbursement") == 1)
            #expect(try await stage.payout.number("select amount_fen from disbursement") == 2_500_000)
            #expect(
                try await stage.payout.number("select count(*) from outbox where type = 'payout.disbursement-changed.v1'") == 1)
        }
    }

    @Test("the key to seal accounts with is told once, and again when another is in use")
    func sealingKey() async throws {
        try await PayoutStage.with { stage in
            let told = { try await stage.payout.number("select count(*) from outbox where type = 'payout.key-published.v1'") }
            let speaker = stage.payout.runtime.speaker
            for _ in 1...2 { try await SealingKey(vault: stage.vault, speaker: speaker).publish(at: Date()) }
            #expect(try await told() == 1)
            let other = try Vault(masterKeys: [Data(repeating: 9, count: 32).base64EncodedString()])
            try await SealingKey(vault: other, speaker: speaker).publish(at: Date())
            #expect(try await told() == 2)
        }
    }
}
