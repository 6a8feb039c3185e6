/// The table of programmes. It lives in the database of each service that asks a programme anything.
///
/// A service puts it among its migration sets:
/// ```swift
/// MigrationSet(ProgrammeMigrations.setName, ProgrammeMigrations.all.map { Migration($0.number, $0.name, sql: $0.sql) })
/// ```
public enum ProgrammeMigrations {
    /// The name of the set, as `schema_migration` records it.
    public static let setName = "programme-store"

    /// Number, name and SQL, in order. A published one is never edited; a change is a new one.
    public static let all: [(number: Int, name: String, sql: String)] = [(1, "programme-version", programmeVersion)]

    /// All of it as one script: for tests.
    public static let sql = all.map(\.sql).joined(separator: ";\n")

    /// A row is written once and never changed. The hash is that of the files: a process that has read the same files before need not
    /// fetch them again.
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
