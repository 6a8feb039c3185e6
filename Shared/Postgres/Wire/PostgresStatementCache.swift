/// What the server knows of a prepared statement on one connection.
struct PostgresPrepared: Sendable {
    /// The name errors use.
    let name: String
    /// The server's name for it, with its terminating NUL, ready for libpq.
    let serverName: [CChar]
    let parameterTypes: [PostgresType]
}

/// The prepared statements of one connection.
struct PostgresStatementCache {
    /// Statements are static text, so a service has dozens. A caller that builds SQL from data would grow the server's
    /// memory for ever: at the bound everything is dropped and prepared again.
    static let limit = 500

    private var prepared: [PostgresStatement: PostgresPrepared] = [:]
    private var made = 0
    /// The server must forget all statements before the next is prepared.
    private(set) var isServerStale = false

    subscript(statement: PostgresStatement) -> PostgresPrepared? { prepared[statement] }

    /// A name the server has not seen on this connection, so that a forgotten statement never clashes with its successor.
    mutating func nextServerName() -> [CChar] {
        made += 1
        return Array("q\(made)".utf8CString)
    }

    mutating func insert(_ statement: PostgresStatement, _ entry: PostgresPrepared) { prepared[statement] = entry }

    var isFull: Bool { prepared.count >= Self.limit }

    mutating func forgetAll() {
        prepared.removeAll()
        isServerStale = true
    }

    mutating func serverForgot() { isServerStale = false }
}
