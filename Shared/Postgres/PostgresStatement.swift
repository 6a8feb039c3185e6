/// A statement that is prepared once on each connection that runs it.
///
/// Make each a `static let`, so that its SQL is hashed once. The SQL is constant; pass data as `$1`, `$2`, ...
public struct PostgresStatement: Sendable, Hashable {
    /// The name in errors and logs, such as `outbox.claim`.
    public let name: String
    /// The SQL text of one statement.
    public let sql: String
    private let hash: Int

    /// Makes a statement; it is prepared on first use.
    public init(_ name: String, _ sql: String) {
        self.name = name
        self.sql = sql
        var hasher = Hasher()
        hasher.combine(name)
        hasher.combine(sql)
        hash = hasher.finalize()
    }

    /// Equal when name and SQL are equal.
    public static func == (left: PostgresStatement, right: PostgresStatement) -> Bool {
        left.hash == right.hash && left.name == right.name && left.sql == right.sql
    }

    /// Uses the hash computed at creation, because the cache looks a statement up on every execution.
    public func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}

/// A statement with its parameters, for a pipeline.
public struct PostgresStep: Sendable {
    let statement: PostgresStatement
    let parameters: [any PostgresEncodable]

    /// One execution of `statement`.
    public init(_ statement: PostgresStatement, _ parameters: any PostgresEncodable...) {
        self.init(statement, parameters)
    }

    /// One execution of `statement`, with its parameters in an array.
    public init(_ statement: PostgresStatement, _ parameters: [any PostgresEncodable]) {
        self.statement = statement
        self.parameters = parameters
    }
}

/// The isolation level of a transaction.
public enum PostgresIsolation: String, Sendable, Hashable, CaseIterable {
    /// Each statement sees the data committed before it began.
    case readCommitted = "read committed"
    /// All statements see the data committed before the first of them.
    case repeatableRead = "repeatable read"
    /// The transactions behave as if they ran one after another.
    case serializable = "serializable"
}
