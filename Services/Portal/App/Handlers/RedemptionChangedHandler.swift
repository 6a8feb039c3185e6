import Messages
import Messaging

/// Shows a redemption as it stands, and the steps it has taken.
struct RedemptionChangedHandler: Handler {
    func wants(_ input: RedemptionChanged, in rows: inout PortalRows) {}

    func handle(_ input: RedemptionChanged, context: HandlingContext, rows: inout PortalRows, say: inout Said) throws {
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
