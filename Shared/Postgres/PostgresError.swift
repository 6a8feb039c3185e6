/// What went wrong at the database, fit for a log: it names SQLSTATE, constraint and statement, and never holds a value.
///
/// The server's primary message is passed on only for conditions whose text is made of names (a constraint, a table, a
/// role). Where PostgreSQL quotes data in it (class 22, `raise`, internal errors) the text is withheld and the condition's
/// name stands instead. DETAIL, HINT, CONTEXT and bound values are never read.
public struct PostgresError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of failure, by what a caller can do about them.
    public enum Kind: String, Sendable, Hashable {
        /// No connection could be made, or the one in use was lost. Nothing of an open transaction remains.
        case connection
        /// The server refused a statement; `sqlState` says why.
        case server
        /// No connection became free in time; the message carries the last connect error, if any.
        case leaseDeadline
        /// The server did not answer within the bound of the client; the connection was thrown away.
        case statementDeadline
        /// The connection was lost while COMMIT was under way: the transaction may or may not have taken effect.
        case outcomeUnknown
        /// The pool or the lease is closed.
        case closed
        /// A parameter does not fit the type the server expects.
        case encoding
        /// A column does not fit the type asked for.
        case decoding
        /// The connection was used in a way it does not support, such as by two tasks at once.
        case usage
    }

    /// What kind of failure it is.
    public let kind: Kind
    /// The five characters of SQLSTATE, if the server gave any.
    public var sqlState: String?
    /// The constraint that was violated.
    public var constraint: String?
    /// The table the server named.
    public var table: String?
    /// The column the server, or the decoder, named.
    public var column: String?
    /// The name of the `PostgresStatement`, or of the transaction, that failed.
    public var statement: String?
    /// What happened and how to mend it, in English, without values.
    public let message: String

    /// Makes an error of `kind`; `message` must hold no value.
    public init(_ kind: Kind, _ message: String, sqlState: String? = nil, statement: String? = nil) {
        self.kind = kind
        self.message = message
        self.sqlState = sqlState
        self.statement = statement
    }

    /// Whether the same work may succeed later without any change: serialisation failures, deadlocks, lost connections,
    /// a server starting or out of resources, lock, statement and lease deadlines.
    public var isTransient: Bool {
        switch kind {
        case .leaseDeadline, .statementDeadline, .outcomeUnknown: return true
        case .closed, .encoding, .decoding, .usage: return false
        case .connection: return sqlState.map(Self.isTransientState) ?? true
        case .server: return sqlState.map(Self.isTransientState) ?? false
        }
    }

    /// Whether the server asked for the whole transaction to be run again (serialisation failure or deadlock).
    public var asksForRetry: Bool { sqlState == "40001" || sqlState == "40P01" }

    /// One line with everything there is.
    public var description: String {
        let facts = [("statement", statement), ("SQLSTATE", sqlState), ("constraint", constraint), ("table", table), ("column", column)]
        let known = facts.compactMap { name, value in value.map { "\(name) \($0)" } }.joined(separator: ", ")
        return known.isEmpty ? "PostgreSQL (\(kind.rawValue)): \(message)" : "PostgreSQL (\(kind.rawValue); \(known)): \(message)"
    }

    private static func isTransientState(_ state: String) -> Bool {
        switch state {
        // 57014 is the statement timeout (or an operator's cancel), 25P03 and 57P05 are session timeouts: all are about load.
        case "40001", "40P01", "55P03", "57014", "25P03", "57P01", "57P02", "57P03", "57P05": true
        default: state.hasPrefix("08") || state.hasPrefix("53") || state.hasPrefix("58")
        }
    }
}
