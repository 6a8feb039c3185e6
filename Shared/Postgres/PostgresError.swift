/// A database error that is safe to log: it contains SQLSTATE, constraint and statement name, and never a value.
///
/// The server's primary message is included only for conditions whose text consists of names (a constraint, a table, a role). Where
/// PostgreSQL may quote data in it (class 22, `raise`, internal errors), the meaning of the SQLSTATE replaces it. DETAIL, HINT,
/// CONTEXT and bound values are never read.
public struct PostgresError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of failure, by how a caller can react.
    public enum Kind: String, Sendable, Hashable {
        /// Connecting failed, or the connection was lost. An open transaction is rolled back.
        case connection
        /// The server refused a statement; `sqlState` is the reason.
        case server
        /// No connection became free in time; the message contains the last connection error, if any.
        case leaseDeadline
        /// The server did not answer within the client's timeout; the connection was closed.
        case statementDeadline
        /// The connection was lost during COMMIT: the transaction may or may not be committed.
        case outcomeUnknown
        /// The pool or the lease is closed.
        case closed
        /// A parameter does not fit the type that the server expects.
        case encoding
        /// A column does not fit the requested type.
        case decoding
        /// Unsupported use of the connection, such as by two tasks at once.
        case usage
    }

    /// The kind of failure.
    public let kind: Kind
    /// The SQLSTATE (five characters), if the server sent one.
    public var sqlState: String?
    /// The violated constraint.
    public var constraint: String?
    /// The table, if the server named one.
    public var table: String?
    /// The column, if the server or the decoder named one.
    public var column: String?
    /// The name of the `PostgresStatement` or transaction that failed.
    public var statement: String?
    /// What happened and how to fix it, in English, without values.
    public let message: String

    /// Makes an error of `kind`; `message` must not contain a value.
    public init(_ kind: Kind, _ message: String, sqlState: String? = nil, statement: String? = nil) {
        self.kind = kind
        self.message = message
        self.sqlState = sqlState
        self.statement = statement
    }

    /// Whether the same work may succeed later without any change: serialisation failures, deadlocks, lost connections, a server that is
    /// starting or out of resources, and lock, statement and lease timeouts.
    public var isTransient: Bool {
        switch kind {
        case .leaseDeadline, .statementDeadline, .outcomeUnknown: return true
        case .closed, .encoding, .decoding, .usage: return false
        case .connection: return sqlState.map(Self.isTransientState) ?? true
        case .server: return sqlState.map(Self.isTransientState) ?? false
        }
    }

    /// Whether the whole transaction should be run again (serialisation failure or deadlock).
    public var shouldRetryTransaction: Bool { sqlState == "40001" || sqlState == "40P01" }

    /// One line with all fields.
    public var description: String {
        let facts = [("statement", statement), ("SQLSTATE", sqlState), ("constraint", constraint), ("table", table), ("column", column)]
        let known = facts.compactMap { name, value in value.map { "\(name) \($0)" } }.joined(separator: ", ")
        return known.isEmpty ? "PostgreSQL (\(kind.rawValue)): \(message)" : "PostgreSQL (\(kind.rawValue); \(known)): \(message)"
    }

    private static func isTransientState(_ state: String) -> Bool {
        switch state {
        // 57014 is the statement timeout (or an operator's cancel), 25P03 and 57P05 are session timeouts: all are caused by load.
        case "40001", "40P01", "55P03", "57014", "25P03", "57P01", "57P02", "57P03", "57P05": true
        default: state.hasPrefix("08") || state.hasPrefix("53") || state.hasPrefix("58")
        }
    }
}
