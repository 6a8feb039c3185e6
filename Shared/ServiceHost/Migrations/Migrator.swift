public import Logging
public import Postgres

/// Applies migrations to a database.
///
/// Each migration and its record in `schema_migration` are written in one transaction, so that a killed process leaves either the whole
/// migration or nothing. An advisory lock prevents two instances from applying the same migration.
public struct Migrator: Sendable {
    /// The maximum duration of a migration.
    public static let migrationDeadline: Duration = .seconds(3600)
    /// The maximum time to wait for a table's lock; after it the migration fails and is retried, so that it does not block other
    /// statements.
    private static let tableLockDeadline: Duration = .seconds(10)
    /// The key of the advisory lock: the letters `Quan`. A lock belongs to one database, so all services can use the same key.
    private static let lockKey = 0x5175_616E

    private let pool: PostgresPool
    private let sets: [MigrationSet]
    private let logger: Logger

    /// - Parameters:
    ///   - pool: connections of a role that may create tables.
    ///   - sets: the migrations, applied in this order.
    public init(_ pool: PostgresPool, _ sets: [MigrationSet], logger: Logger) {
        self.pool = pool
        self.sets = sets
        self.logger = logger
    }

    /// Applies the pending migrations.
    ///
    /// - Parameter lockDeadline: the maximum time to wait for another instance that applies migrations.
    /// - Throws: `MigrationRefusal` when the program's migrations contradict the recorded ones, and when a migration ended its own
    ///   transaction; `PostgresError` when a migration fails, or when the lock is not obtained in time (SQLSTATE 55P03).
    public func migrate(lockDeadline: Duration) async throws {
        let duplicate = Dictionary(grouping: sets, by: \.name).first { $0.value.count > 1 }
        if let set = duplicate?.value.first {
            throw MigrationRefusal(set: set, "two sets have this name; give each set its own name")
        }
        try await pool.withTransaction("schema_migration") { connection in
            try await takeLock(on: connection, within: lockDeadline)
            try await connection.script(Self.table)
        }
        for set in sets {
            while try await applyNext(of: set, lockDeadline: lockDeadline) {}
        }
    }

    /// Applies the first pending migration of a set; returns `false` when there is none.
    private func applyNext(of set: MigrationSet, lockDeadline: Duration) async throws -> Bool {
        let applied = try await pool.withTransaction("migrate \(set.name)") { connection -> Migration? in
            try await takeLock(on: connection, within: lockDeadline)
            let rows = try await connection.query(Self.selectRecorded, set.name)
            let recorded = try rows.decode(Int32.self, String.self, String.self)
                .map { RecordedMigration(number: Int($0.0), name: $0.1, checksum: $0.2) }
            guard let migration = try MigrationPlan.pending(of: set, recorded: recorded).first else { return nil }
            logger.notice("applying a migration", metadata: Self.metadata(set, migration))
            try await apply(migration, of: set, on: connection)
            return migration
        }
        if let applied { logger.notice("applied a migration", metadata: Self.metadata(set, applied)) }
        return applied != nil
    }

    private func apply(_ migration: Migration, of set: MigrationSet, on connection: PostgresConnection) async throws {
        let before = try await transaction(of: connection)
        try await connection.script(migration.sql, deadline: Self.migrationDeadline)
        guard try await transaction(of: connection) == before else {
            throw MigrationRefusal(
                set: set, migration: migration,
                "it ended the transaction it runs in, so its statements took effect without being recorded; "
                    + "remove BEGIN, COMMIT and ROLLBACK from it, and undo its changes manually")
        }
        try await connection.execute(
            Self.insertRecord, set.name, Int32(clamping: migration.number), migration.name, MigrationPlan.checksum(of: migration))
    }

    private func takeLock(on connection: PostgresConnection, within deadline: Duration) async throws {
        // A migration may take longer than other statements of the service.
        try await connection.script(
            """
            set local statement_timeout = 0;
            set local lock_timeout = \(deadline.wholeMilliseconds);
            select pg_advisory_xact_lock(\(Self.lockKey));
            set local lock_timeout = \(Self.tableLockDeadline.wholeMilliseconds);
            """, deadline: deadline + .seconds(5))
    }

    private func transaction(of connection: PostgresConnection) async throws -> String {
        try await connection.query(Self.selectTransaction).decode(String.self).first ?? ""
    }

    private static func metadata(_ set: MigrationSet, _ migration: Migration) -> Logger.Metadata {
        ["set": "\(set.name)", "number": "\(migration.number)", "name": "\(migration.name)"]
    }

    private static let table = """
        create table if not exists schema_migration (
            set_name text not null,
            number integer not null check (number > 0),
            name text not null,
            checksum text not null,
            applied_at timestamptz not null default clock_timestamp(),
            primary key (set_name, number)
        )
        """
    private static let selectRecorded = PostgresStatement(
        "schema_migration_select", "select number, name, checksum from schema_migration where set_name = $1 order by number")
    private static let insertRecord = PostgresStatement(
        "schema_migration_insert", "insert into schema_migration (set_name, number, name, checksum) values ($1, $2, $3, $4)")
    private static let selectTransaction = PostgresStatement("schema_migration_transaction", "select pg_current_xact_id()::text")
}
