/// A statement that is prepared once on each connection that runs it.
///
/// Make each a `static let`, so that its SQL is hashed once. SQL is fixed text: data goes into `$1`, `$2`, ...
public struct PostgresStatement: Sendable, Hashable {
    /// How errors and logs call it, such as `outbox.claim`.
    public let name: String
    /// The SQL text of one statement.
    public let sql: String
    private let hash: Int

    /// Prepares nothing yet.
    public init(_ name: String, _ sql: String) {
        self.name = name
        self.sql = sql
        var hasher = Hasher()
        hasher.combine(name)
        hasher.combine(sql)
        hash = hasher.finalize()
    }

    /// Same name and same SQL.
    public static func == (left: PostgresStatement, right: PostgresStatement) -> Bool {
        left.hash == right.hash && left.name == right.name && left.sql == right.sql
    }

    /// Feeds the hash taken once at the start: the cache looks a statement up on every execution.
    public func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}

/// A statement with its parameters, to be sent as part of a pipeline.
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

/// How much a transaction sees of others that run beside it.
public enum PostgresIsolation: String, Sendable, Hashable, CaseIterable {
    /// Each statement sees what was committed before it began.
    case readCommitted = "read committed"
    /// All statements see what was committed before the first of them.
    case repeatableRead = "repeatable read"
    /// As if transactions ran one after another.
    case serializable = "serializable"
}
