/// The reason why a migration cannot be applied. A refused migration has changed nothing, unless the reason says so.
public struct MigrationRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// The set, and the migration if the reason concerns one.
    public let migration: String
    /// The problem and its remedy.
    public let reason: String

    init(set: MigrationSet, migration: Migration? = nil, _ reason: String) {
        self.migration = migration.map { "\(set.name) \($0.number) (\($0.name))" } ?? set.name
        self.reason = reason
    }

    /// `migration toy 3 (add-column): ...`
    public var description: String { "migration \(migration): \(reason)" }
}
