import Messages
import Messaging

/// Stores the payee of an institution, with the account number masked by payout.
struct PayeeChangedHandler: Handler {
    func requestRows(for input: PayeeChanged, in rows: inout PortalRows) {}

    func handle(_ input: PayeeChanged, context: HandlingContext, rows: inout PortalRows, output: inout HandlerOutput) throws {
        rows.cases.append(
            try PortalRows.Case(
                kind: .payee, id: input.institutionID, version: context.envelope.version ?? 0,
                owners: PortalRows.Owners(institutionID: input.institutionID),
                state: "registered", snapshot: input, step: "register", from: nil, reason: nil, at: input.at))
    }
}
