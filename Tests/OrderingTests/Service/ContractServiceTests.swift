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

    @Test("IN-53: a dearer contract is recorded, confirmed, disputed and recorded again; the ledger is in order after each")
    func confirmedAndDisputed() async throws {
        try await Play.with { play in
            let (cast, _) = try await Cast.tell(play)
            let now = try beijing("2026-05-20")
            let order = try await play.placed(cast, fen: yuan(1_000), at: now)
            try await play.done(try await play.decide(order, .accept, by: cast.institution, "institution", at: now))
            func send(_ command: some Command, as organisation: UUID, _ role: String) async throws -> Outcome {
                try await play.wire.answer(
                    to: try await play.wire.command(
                        command, by: "portal", key: order.text, at: now, token: try play.token(organisation, role, at: now)))
            }
            func held() async throws -> Int64 { try await play.number("select drawn from account where cap = 'enterprise-year'") }
            let contract = try Self.contract(3_000)
            let recorded = try await send(RecordContract(orderID: order, contract: contract), as: cast.institution, "institution")
            #expect(recorded.refusal == nil)
            #expect(recorded.result?.contains(#""pendingVoucherFen":300000"#) == true)
            #expect(try await held() == 100_000)
            let alone = try await send(ConfirmContract(orderID: order), as: cast.institution, "institution")
            #expect(alone.refusal?.clauses.first == "QUAN-10")
            let confirmation = ConfirmContract(orderID: order, voucherFen: yuan(3_000))
            #expect(try await send(confirmation, as: cast.enterprise, "enterprise").refusal == nil)
            #expect(try await held() == 300_000)
            #expect(try await play.check().violations == [])
            let dispute = DisputeContract(orderID: order, reason: "不是所签合同")
            #expect(try await send(dispute, as: cast.enterprise, "enterprise").refusal == nil)
            #expect(try await play.state(order) == "disputed")
            #expect(try await held() == 100_000)
            let again = try await send(
                RecordContract(orderID: order, contract: try Self.contract(1_000)), as: cast.institution, "institution")
            #expect(again.refusal == nil)
            #expect(try await play.state(order) == "contracted")
            #expect(try await play.check().violations == [])
        }
    }

    @Test("IN-53: what redemption tells of an order is known when the enterprise disputes its contract")
    func decided() async throws {
        try await Play.with { play in
            let (cast, _) = try await Cast.tell(play)
            let now = try beijing("2026-05-20")
            let order = try await play.placed(cast, fen: yuan(3_000), at: now)
            try await play.done(try await play.decide(order, .accept, by: cast.institution, "institution", at: now))
            try await play.done(
                try await play.wire.command(
                    RecordContract(orderID: order, contract: try Self.contract(3_000)), by: "portal", key: order.text, at: now,
                    token: try play.token(cast.institution, "institution", at: now)))
            let told = play.wire.messages(OrderChanged.self, on: "ordering.events").last?.order
            let redemption = try #require(told).redemption(in: "decided")
            try await play.wire.tell(
                RedemptionChanged(redemption: redemption, step: "decide", from: "determined", at: now), by: "redemption", key: order.text,
                at: now)
            try await eventually("it is known") {
                try await play.number("select count(*) from redemption_copy where state = 'decided'") == 1
            }
            let late = try await play.wire.command(
                DisputeContract(orderID: order, reason: "不是所签合同"), by: "portal", key: order.text, at: now,
                token: try play.token(cast.enterprise, "enterprise", at: now))
            let refusal = try await play.wire.answer(to: late).refusal
            #expect(refusal?.clauses.first == "QUAN-15")
            #expect(refusal?.numbers.first?.value == .text("decided"))
        }
    }

    @Test(
        "QUAN-31: an institution whose credit code is told to be the enterprise's only after the order cannot accept it or record a contract"
    )
    func samePartyToldLater() async throws {
        try await Play.with { play in
            let (cast, _) = try await Cast.tell(play)
            let now = try beijing("2026-05-20")
            let orders = [try await play.placed(cast, at: now), try await play.placed(cast, at: now)]
            try await play.done(try await play.decide(orders[0], .accept, by: cast.institution, "institution", at: now))
            try await play.wire.tell(
                InstitutionChanged(
                    institutionID: cast.institution, programmeID: cast.programmeID, name: "某某服务机构",
                    creditCode: cast.enterpriseChanged(cast.enterprise).creditCode, state: "admitted"), by: "catalogue",
                key: cast.institution.text, at: now)
            try await eventually("it is known") {
                try await play.number(
                    "select count(*) from institution_copy i join enterprise_copy e on e.credit_code = i.credit_code") == 1
            }
            let accepted = try await play.decide(orders[1], .accept, by: cast.institution, "institution", at: now)
            #expect(try await play.wire.answer(to: accepted).refusal?.clauses == ["QUAN-31"])
            let recorded = try await play.wire.command(
                RecordContract(orderID: orders[0], contract: try Self.contract(3_000)), by: "portal", key: orders[0].text, at: now,
                token: try play.token(cast.institution, "institution", at: now))
            #expect(try await play.wire.answer(to: recorded).refusal?.clauses == ["QUAN-31"])
            let placed = try await play.place(cast, fen: yuan(10), at: now)
            #expect(try await play.wire.answer(to: placed).refusal?.clauses == ["QUAN-31"])
            try await play.done(try await play.decide(orders[1], .cancel, by: cast.enterprise, "enterprise", at: now))
        }
    }
}

extension OrderSnapshot {
    /// A redemption of this order in a state, of which nothing else is told.
    fileprivate func redemption(in state: String) -> RedemptionSnapshot {
        RedemptionSnapshot(
            orderID: orderID, orderNumber: number, programmeID: programmeID, programmeVersion: programmeVersion,
            institutionID: institutionID, institutionName: institutionName, enterpriseID: enterpriseID, enterpriseName: enterpriseName,
            productID: productID, productName: productName, state: state, reservedFen: voucherFen, appliedAt: nil, papers: [], facts: nil,
            flags: [], calculation: [], calculatedFen: nil, amountFen: nil, payableFen: nil, notice: nil, dueAt: nil)
    }
}
