import Messages
import Messaging

/// Stores the state of a redemption and the step it took.
struct RedemptionChangedHandler: Handler {
    func requestRows(for input: RedemptionChanged, in rows: inout PortalRows) {}

    func handle(_ input: RedemptionChanged, context: HandlingContext, rows: inout PortalRows, output: inout HandlerOutput) throws {
        let redemption = input.redemption
        rows.cases.append(
            try PortalRows.Case(
                kind: .redemption, id: redemption.orderID, version: context.envelope.version ?? 0,
                owners: PortalRows.Owners(
                    enterpriseID: redemption.enterpriseID, institutionID: redemption.institutionID, programmeID: redemption.programmeID,
                    programmeVersion: redemption.programmeVersion), state: redemption.state, snapshot: redemption,
                step: input.step, from: input.from, reason: input.reason, at: input.at))
    }
}
