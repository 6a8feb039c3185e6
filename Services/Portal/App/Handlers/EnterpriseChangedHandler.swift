import Messages
import Messaging

/// Shows an enterprise as it stands in a programme.
struct EnterpriseChangedHandler: Handler {
    func wants(_ input: EnterpriseChanged, in rows: inout PortalRows) {}

    func handle(_ input: EnterpriseChanged, context: HandlingContext, rows: inout PortalRows, say: inout Said) throws {
        rows.enterprises[PortalRows.InProgramme(id: input.enterpriseID, programmeID: input.programmeID)] = input
    }
}
