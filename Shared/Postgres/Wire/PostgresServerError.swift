internal import CLibpq

/// libpq's field codes: character constants that Swift does not import.
private enum Field {
    static let severity = Int32(UInt8(ascii: "V"))
    static let sqlState = Int32(UInt8(ascii: "C"))
    static let primary = Int32(UInt8(ascii: "M"))
    static let table = Int32(UInt8(ascii: "t"))
    static let column = Int32(UInt8(ascii: "c"))
    static let constraint = Int32(UInt8(ascii: "n"))
    static let position = Int32(UInt8(ascii: "P"))
}

extension PostgresError {
    /// Converts an error result of the server.
    static func server(_ result: OpaquePointer, statement: String?) -> PostgresError {
        func field(_ code: Int32) -> String? { PQresultErrorField(result, code).map { String(cString: $0) } }
        guard let state = field(Field.sqlState) else {
            // Without SQLSTATE the result was made by libpq, because the connection is lost.
            return .connectionLost(String(cString: PQresultErrorMessage(result)), statement: statement)
        }
        let severity = field(Field.severity)
        let isFatal = severity == "FATAL" || severity == "PANIC"
        var text = primary(field(Field.primary) ?? "", state: state)
        if state.hasPrefix("42"), let position = field(Field.position) { text += " (at character \(position) of the SQL)" }
        var error = PostgresError(isFatal ? .connection : .server, text, sqlState: state, statement: statement)
        error.constraint = field(Field.constraint)
        error.table = field(Field.table)
        error.column = field(Field.column)
        return error
    }

    static func connectionLost(_ text: String, statement: String?) -> PostgresError {
        PostgresError(.connection, "the connection was lost: \(withoutValues(text))", statement: statement)
    }

    /// A failed connection attempt. libpq reports its SQLSTATE only in the text, where verbose errors have it after the
    /// severity (which may be translated): `FATAL:  28P01: password ...`.
    static func connect(_ text: String) -> PostgresError {
        let state = text.firstMatch(of: #/:  ([0-9A-Z]{5}): /#).map { String($0.1) }
        let remedy =
            switch state {
            case "28P01", "28000": "; check the user and password in the configuration, and pg_hba.conf on the server"
            case "3D000": "; create the database, or correct its name in the configuration"
            case "53300": "; reduce the sizes of the pools, or increase max_connections on the server"
            case "57P03": "; the server is starting or stopping, so try again later"
            case nil: "; check that the server runs, and check host and port in the configuration"
            default: ""
            }
        return PostgresError(.connection, withoutValues(text) + remedy, sqlState: state)
    }

    /// Drops the labelled lines, which may quote data or name the server's source code.
    private static func withoutValues(_ text: String) -> String {
        let lines = text.split(separator: "\n").map { $0.trimmingPrefix { $0 == "\t" || $0 == " " } }
        let labels = ["DETAIL:", "HINT:", "CONTEXT:", "LOCATION:", "QUERY:"]
        return lines.filter { line in !labels.contains { line.hasPrefix($0) } }.joined(separator: " ")
    }

    /// The primary message if its text consists of names only; otherwise the meaning of the SQLSTATE.
    private static func primary(_ text: String, state: String) -> String {
        if let meaning = conditionsThatQuoteData[state] { return "\(meaning) (the server's text may quote data and is withheld)" }
        return classesWithoutData.contains(String(state.prefix(2)))
            ? text : "the statement was refused (the server's text may quote data and is withheld)"
    }

    /// Checked against the `errmsg` calls of PostgreSQL 15 to 17. Class 23 quotes data only in DETAIL.
    private static let classesWithoutData: Set<String> = [
        "08", "0A", "23", "25", "26", "28", "3B", "3D", "3F", "40", "42", "44", "53", "54", "55", "57", "58",
    ]

    private static let conditionsThatQuoteData = [
        "22001": "a text is longer than its column", "22003": "a number is out of the range of its type",
        "22004": "a null is not allowed here", "22007": "a date or time is malformed", "22008": "a date or time is out of range",
        "22012": "division by zero", "22021": "a text is not valid in the database's encoding", "22023": "a parameter has a bad value",
        "22026": "a text has the wrong length", "2202E": "an array is malformed", "22P02": "a value is malformed for its type",
        "22P03": "a binary value is malformed for its type", "22P05": "a character does not exist in the encoding",
        "22030": "a JSON object has the same key twice", "22032": "a JSON text is malformed",
        "P0001": "code in the database raised an exception",
    ]
}
