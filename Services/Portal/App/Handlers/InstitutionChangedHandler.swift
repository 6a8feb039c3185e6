import Messages
import Messaging

/// Shows an institution as it stands in a programme.
struct InstitutionChangedHandler: Handler {
    func wants(_ input: InstitutionChanged, in rows: inout PortalRows) {}

    func handle(_ input: InstitutionChanged, context: HandlingContext, rows: inout PortalRows, say: inout Said) throws {
        rows.institutions[PortalRows.InProgramme(id: input.institutionID, programmeID: input.programmeID)] = input
    }
}
