import Messages
import Messaging

/// Saves an institution's registered name, because payments go only to accounts in that name (IN-54).
struct InstitutionChangedHandler: Handler {
    func requestRows(for input: InstitutionChanged, in rows: inout PayoutRows) { rows.names.requested.insert(input.institutionID) }

    func handle(_ input: InstitutionChanged, context: HandlingContext, rows: inout PayoutRows, output: inout HandlerOutput) throws {
        rows.names.put(input)
        rows.applied.record(context.envelope)
    }
}
