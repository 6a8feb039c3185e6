import Messages
import Messaging

/// Stores the state of an enterprise in a programme.
struct EnterpriseChangedHandler: Handler {
    func requestRows(for input: EnterpriseChanged, in rows: inout PortalRows) {}

    func handle(_ input: EnterpriseChanged, context: HandlingContext, rows: inout PortalRows, output: inout HandlerOutput) throws {
        rows.enterprises[PortalRows.ProgrammeScopedID(id: input.enterpriseID, programmeID: input.programmeID)] = input
    }
}
