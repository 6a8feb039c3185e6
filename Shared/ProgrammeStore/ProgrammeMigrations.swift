/// The table of programmes, in the database of each service that evaluates programmes.
///
/// A service adds it to its migration sets:
/// ```swift
/// MigrationSet(ProgrammeMigrations.setName, ProgrammeMigrations.all.map { Migration($0.number, $0.name, sql: $0.sql) })
/// ```
public enum ProgrammeMigrations {
    /// The name of the set, as `schema_migration` records it.
    public static let setName = "programme-store"

    /// Number, name and SQL, in order. A published migration is never edited; a change is a new migration.
    public static let all: [(number: Int, name: String, sql: String)] = [(1, "programme-version", programmeVersion)]

    /// All migrations as one script, for a test's database.
    public static let sql = all.map(\.sql).joined(separator: ";\n")

    /// A row is written once and never changed. `content_hash` is the hash of the files, so that a process does not fetch files that it has
    /// already loaded.
    private static let programmeVersion = """
        create table programme_version (
            id text not null,
            version integer not null check (version > 0),
            content_hash text not null,
            files jsonb not null,
            recorded_at timestamptz not null default now(),
            primary key (id, version)
        )
        """
}
