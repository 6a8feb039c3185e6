import Messages
import Messaging

/// Notes the name that an institution is registered under: an account that is paid to is in that name (IN-54).
struct InstitutionChangedHandler: Handler {
    func wants(_ input: InstitutionChanged, in rows: inout PayoutRows) { rows.names.wanted.insert(input.institutionID) }

    func handle(_ input: InstitutionChanged, context: HandlingContext, rows: inout PayoutRows, say: inout Said) throws {
        rows.names.put(input)
        rows.heard.note(context.envelope)
    }
}
