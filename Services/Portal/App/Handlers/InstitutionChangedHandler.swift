import Messages
import Messaging

/// Stores the state of an institution in a programme.
struct InstitutionChangedHandler: Handler {
    func requestRows(for input: InstitutionChanged, in rows: inout PortalRows) {}

    func handle(_ input: InstitutionChanged, context: HandlingContext, rows: inout PortalRows, output: inout HandlerOutput) throws {
        rows.institutions[PortalRows.ProgrammeScopedID(id: input.institutionID, programmeID: input.programmeID)] = input
    }
}
