/// Why the tables could not be brought up to date. Nothing half done is left behind.
public struct MigrationRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// The set, and the migration within it when it is about one.
    public let migration: String
    /// What is wrong and how to mend it.
    public let reason: String

    init(set: MigrationSet, migration: Migration? = nil, _ reason: String) {
        self.migration = migration.map { "\(set.name) \($0.number) (\($0.name))" } ?? set.name
        self.reason = reason
    }

    /// `migration toy 3 (add-column): ...`
    public var description: String { "migration \(migration): \(reason)" }
}
