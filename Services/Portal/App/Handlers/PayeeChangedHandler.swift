import Messages
import Messaging

/// Shows where an institution is paid to, its account masked as payout tells it.
struct PayeeChangedHandler: Handler {
    func wants(_ input: PayeeChanged, in rows: inout PortalRows) {}

    func handle(_ input: PayeeChanged, context: HandlingContext, rows: inout PortalRows, say: inout Said) throws {
        rows.cases.append(
            try PortalRows.Case(
                kind: .payee, id: input.institutionID, version: context.envelope.version ?? 0,
                owners: PortalRows.Owners(institutionID: input.institutionID),
                state: "registered", snapshot: input, step: "register", from: nil, reason: nil, at: input.at))
    }
}
