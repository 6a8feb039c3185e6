/// One step from an older state of a service's tables to the next, applied once and never changed afterwards.
public struct Migration: Sendable, Hashable {
    /// Its place in its set, from 1 without gaps.
    public let number: Int
    /// What it does, in a few words.
    public let name: String
    /// SQL statements that run in one transaction.
    public let sql: String

    /// - Parameters:
    ///   - number: its place in its set, from 1 without gaps.
    ///   - name: what it does, in a few words.
    ///   - sql: statements that may run in one transaction, and neither begin nor end one.
    public init(_ number: Int, _ name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }
}

/// The migrations of one owner of tables, such as a service, or a library that keeps tables in every service's database.
public struct MigrationSet: Sendable, Hashable {
    /// The owner's name, which its migrations are recorded under.
    public let name: String
    /// In the order of their numbers.
    public let migrations: [Migration]

    /// - Parameters:
    ///   - name: the owner's name; changing it later would apply everything again.
    ///   - migrations: in any order; that they are numbered from 1 without gaps is checked when they are applied.
    public init(_ name: String, _ migrations: [Migration]) {
        self.name = name
        self.migrations = migrations.sorted { $0.number < $1.number }
    }
}
