/// The tables of verification keys and of offices. Every service that handles commands from people has them in its database.
public enum AccessMigrations {
    /// The name of the set, as `schema_migration` records it.
    public static let setName = "access"

    /// Number, name and SQL, in order. A published migration is never edited; a change is a new migration.
    public static let all: [(number: Int, name: String, sql: String)] = [
        (1, "baseline", verificationKey + "\n" + office)
    ]

    /// All migrations as one script, for a test's database.
    public static var sql: String { all.map(\.sql).joined(separator: "\n") }

    private static let verificationKey = """
        create table verification_key (
            key_id text primary key,
            public_key bytea not null check (octet_length(public_key) = 32),
            not_before timestamptz not null,
            revoked_at timestamptz
        );
        """

    /// The offices that were appointed in a rehearsal.
    private static let office = """
        create table office (
            programme_id text not null,
            role text not null,
            organisation uuid not null,
            primary key (programme_id, role)
        );
        """
}
