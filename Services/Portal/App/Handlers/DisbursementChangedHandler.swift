import Messages
import Messaging

/// Stores the state of a disbursement and the step it took.
struct DisbursementChangedHandler: Handler {
    func requestRows(for input: DisbursementChanged, in rows: inout PortalRows) {}

    func handle(_ input: DisbursementChanged, context: HandlingContext, rows: inout PortalRows, output: inout HandlerOutput) throws {
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
