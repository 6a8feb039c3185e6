/// A change of a database's schema. It is applied once, and must not be changed after its release.
public struct Migration: Sendable, Hashable {
    /// Its number in its set, from 1 without gaps.
    public let number: Int
    /// Its purpose in a few words.
    public let name: String
    /// SQL statements that run in one transaction.
    public let sql: String

    /// - Parameters:
    ///   - number: its number in its set, from 1 without gaps.
    ///   - name: its purpose in a few words.
    ///   - sql: statements that can run in one transaction; they must not begin or end one.
    public init(_ number: Int, _ name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }
}

/// The migrations of one owner: a service, or a library that has tables in the database of each service.
public struct MigrationSet: Sendable, Hashable {
    /// The owner's name in the record of migrations.
    public let name: String
    /// The migrations, sorted by number.
    public let migrations: [Migration]

    /// - Parameters:
    ///   - name: the owner's name. It must not be changed later, because all migrations would be applied again.
    ///   - migrations: the migrations in any order; their numbers are checked when they are applied.
    public init(_ name: String, _ migrations: [Migration]) {
        self.name = name
        self.migrations = migrations.sorted { $0.number < $1.number }
    }
}
