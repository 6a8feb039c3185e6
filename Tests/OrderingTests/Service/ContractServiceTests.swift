import Foundation
import Kernel
import Messages
import Messaging
import TestKit
import Testing

@testable import Ordering

@Suite("Contracts over Kafka")
struct ContractServiceTests {
    private static func contract(_ voucher: Int64) throws -> ContractFacts {
        ContractFacts(
            productName: "大模型部署服务", totalFen: yuan(20_000), voucherFen: yuan(voucher), selfPaidFen: yuan(20_000 - voucher),
            signedOn: try CalendarDate("2026-05-20"), serviceFrom: try CalendarDate("2026-05-20"),
            serviceThrough: try CalendarDate("2026-12-31"), priceFen: yuan(10_000), quantity: 2)
    }

    @Test("IN-53: a contract above the ordered amount is recorded, confirmed, disputed and recorded again; the ledger stays correct")
    func confirmedAndDisputed() async throws {
        try await OrderingFixture.with { fixture in
            let (participants, _) = try await Participants.publish(fixture)
            let now = try beijing("2026-05-20")
            let order = try await fixture.placed(participants, fen: yuan(1_000), at: now)
            try await fixture.done(try await fixture.decide(order, .accept, by: participants.institution, "institution", at: now))
            func send(_ command: some Command, as organisation: UUID, _ role: String) async throws -> Outcome {
                try await fixture.peer.answer(
                    to: try await fixture.peer.command(
                        command, by: "portal", key: order.text, at: now, token: try fixture.token(organisation, role, at: now)))
            }
            func held() async throws -> Int64 { try await fixture.number("select drawn from account where cap = 'enterprise-year'") }
            let contract = try Self.contract(3_000)
            let recorded = try await send(RecordContract(orderID: order, contract: contract), as: participants.institution, "institution")
            #expect(recorded.refusal == nil)
            #expect(recorded.result?.contains(#""pendingVoucherFen":300000"#) == true)
            #expect(try await held() == 100_000)
            let ownConfirmation = try await send(ConfirmContract(orderID: order), as: participants.institution, "institution")
            #expect(ownConfirmation.refusal?.clauses.first == "QUAN-10")
            let confirmation = ConfirmContract(orderID: order, voucherFen: yuan(3_000))
            #expect(try await send(confirmation, as: participants.enterprise, "enterprise").refusal == nil)
            #expect(try await held() == 300_000)
            #expect(try await fixture.check().violations == [])
            let dispute = DisputeContract(orderID: order, reason: "不是所签合同")
            #expect(try await send(dispute, as: participants.enterprise, "enterprise").refusal == nil)
            #expect(try await fixture.state(order) == "disputed")
            #expect(try await held() == 100_000)
            let again = try await send(
                RecordContract(orderID: order, contract: try Self.contract(1_000)), as: participants.institution, "institution")
            #expect(again.refusal == nil)
            #expect(try await fixture.state(order) == "contracted")
            #expect(try await fixture.check().violations == [])
        }
    }

    @Test("IN-53: a dispute is refused once redemption has published that the redemption is decided")
    func decided() async throws {
        try await OrderingFixture.with { fixture in
            let (participants, _) = try await Participants.publish(fixture)
            let now = try beijing("2026-05-20")
            let order = try await fixture.placed(participants, fen: yuan(3_000), at: now)
            try await fixture.done(try await fixture.decide(order, .accept, by: participants.institution, "institution", at: now))
            try await fixture.done(
                try await fixture.peer.command(
                    RecordContract(orderID: order, contract: try Self.contract(3_000)), by: "portal", key: order.text, at: now,
                    token: try fixture.token(participants.institution, "institution", at: now)))
            let published = fixture.peer.messages(OrderChanged.self, on: "ordering.events").last?.order
            let redemption = try #require(published).redemption(in: "decided")
            try await fixture.peer.publish(
                RedemptionChanged(redemption: redemption, step: "decide", from: "determined", at: now), by: "redemption", key: order.text,
                at: now)
            try await eventually("the copy is updated") {
                try await fixture.number("select count(*) from redemption_copy where state = 'decided'") == 1
            }
            let late = try await fixture.peer.command(
                DisputeContract(orderID: order, reason: "不是所签合同"), by: "portal", key: order.text, at: now,
                token: try fixture.token(participants.enterprise, "enterprise", at: now))
            let refusal = try await fixture.peer.answer(to: late).refusal
            #expect(refusal?.clauses.first == "QUAN-15")
            #expect(refusal?.numbers.first?.value == .text("decided"))
        }
    }

    @Test(
        "QUAN-31: an institution that gets the enterprise's credit code after the order cannot accept it or record a contract"
    )
    func samePartyPublishedLater() async throws {
        try await OrderingFixture.with { fixture in
            let (participants, _) = try await Participants.publish(fixture)
            let now = try beijing("2026-05-20")
            let orders = [try await fixture.placed(participants, at: now), try await fixture.placed(participants, at: now)]
            try await fixture.done(try await fixture.decide(orders[0], .accept, by: participants.institution, "institution", at: now))
            try await fixture.peer.publish(
                InstitutionChanged(
                    institutionID: participants.institution, programmeID: participants.programmeID, name: "某某服务机构",
                    creditCode: participants.enterpriseChanged(participants.enterprise).creditCode, state: "admitted"), by: "catalogue",
                key: participants.institution.text, at: now)
            try await eventually("the copy is updated") {
                try await fixture.number(
                    "select count(*) from institution_copy i join enterprise_copy e on e.credit_code = i.credit_code") == 1
            }
            let accepted = try await fixture.decide(orders[1], .accept, by: participants.institution, "institution", at: now)
            #expect(try await fixture.peer.answer(to: accepted).refusal?.clauses == ["QUAN-31"])
            let recorded = try await fixture.peer.command(
                RecordContract(orderID: orders[0], contract: try Self.contract(3_000)), by: "portal", key: orders[0].text, at: now,
                token: try fixture.token(participants.institution, "institution", at: now))
            #expect(try await fixture.peer.answer(to: recorded).refusal?.clauses == ["QUAN-31"])
            let placed = try await fixture.place(participants, fen: yuan(10), at: now)
            #expect(try await fixture.peer.answer(to: placed).refusal?.clauses == ["QUAN-31"])
            try await fixture.done(try await fixture.decide(orders[1], .cancel, by: participants.enterprise, "enterprise", at: now))
        }
    }
}

extension OrderSnapshot {
    /// A redemption of this order in a state, without further data.
    fileprivate func redemption(in state: String) -> RedemptionSnapshot {
        RedemptionSnapshot(
            orderID: orderID, orderNumber: number, programmeID: programmeID, programmeVersion: programmeVersion,
            institutionID: institutionID, institutionName: institutionName, enterpriseID: enterpriseID, enterpriseName: enterpriseName,
            productID: productID, productName: productName, state: state, reservedFen: voucherFen, appliedAt: nil, papers: [], facts: nil,
            flags: [], calculation: [], calculatedFen: nil, amountFen: nil, payableFen: nil, notice: nil, dueAt: nil)
    }
}
