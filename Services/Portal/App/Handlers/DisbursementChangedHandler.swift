import Messages
import Messaging

/// Shows a disbursement as it stands, and the steps it has taken.
struct DisbursementChangedHandler: Handler {
    func wants(_ input: DisbursementChanged, in rows: inout PortalRows) {}

    func handle(_ input: DisbursementChanged, context: HandlingContext, rows: inout PortalRows, say: inout Said) throws {
        let disbursement = input.disbursement
        rows.cases.append(
            try PortalRows.Case(
                kind: .disbursement, id: disbursement.disbursementID, version: context.envelope.version ?? 0,
                owners: PortalRows.Owners(
                    institutionID: disbursement.institutionID, programmeID: disbursement.programmeID,
                    programmeVersion: disbursement.programmeVersion), state: disbursement.state, snapshot: disbursement, step: input.step,
                from: input.from, reason: input.reason, at: input.at))
    }
}
