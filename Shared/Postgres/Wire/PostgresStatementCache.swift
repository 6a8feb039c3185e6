/// A prepared statement of one connection.
struct PostgresPrepared: Sendable {
    /// The name in errors.
    let name: String
    /// The name on the server, NUL-terminated for libpq.
    let serverName: [CChar]
    let parameterTypes: [PostgresType]
}

/// The prepared statements of one connection.
struct PostgresStatementCache {
    /// The maximum number of statements. Statements are constants, so a service has dozens. If a caller builds SQL from data, all
    /// statements are dropped at the limit and prepared again, so that the server's memory does not grow without bound.
    static let limit = 500

    private var prepared: [PostgresStatement: PostgresPrepared] = [:]
    private var made = 0
    /// Whether the server must deallocate all statements before the next is prepared.
    private(set) var isServerStale = false

    subscript(statement: PostgresStatement) -> PostgresPrepared? { prepared[statement] }

    /// A name that was not used on this connection before, so that it cannot collide with a dropped statement.
    mutating func nextServerName() -> [CChar] {
        made += 1
        return Array("q\(made)".utf8CString)
    }

    mutating func insert(_ statement: PostgresStatement, _ entry: PostgresPrepared) { prepared[statement] = entry }

    var isFull: Bool { prepared.count >= Self.limit }

    mutating func removeAll() {
        prepared.removeAll()
        isServerStale = true
    }

    mutating func didDeallocate() { isServerStale = false }
}
