import Crypto
import Foundation

/// A migration that is recorded in a database.
struct RecordedMigration: Sendable, Hashable {
    let number: Int
    let name: String
    let checksum: String
}

/// Compares the program's migrations with those recorded in a database. Pure functions.
enum MigrationPlan {
    /// The migrations of a set that are not applied yet, in order.
    ///
    /// - Throws: `MigrationRefusal` when the set's numbers have gaps or repeats, when an applied migration has been changed, and when
    ///   the database contains newer migrations.
    static func pending(of set: MigrationSet, recorded: [RecordedMigration]) throws(MigrationRefusal) -> [Migration] {
        for (place, migration) in set.migrations.enumerated() where migration.number != place + 1 {
            throw MigrationRefusal(
                set: set, migration: migration, "number \(place + 1) was expected; migrations are numbered from 1 without gaps or repeats")
        }
        for (place, record) in recorded.sorted(by: { $0.number < $1.number }).enumerated() {
            guard record.number == place + 1 else {
                throw MigrationRefusal(
                    set: set, "number \(place + 1) is not recorded but number \(record.number) is; restore schema_migration from a backup")
            }
            guard place < set.migrations.count else {
                throw MigrationRefusal(
                    set: set,
                    "the database has number \(record.number) (\(record.name)), which this program does not have; run the newer program")
            }
            try refuseChange(of: set.migrations[place], in: set, since: record)
        }
        return Array(set.migrations.dropFirst(recorded.count))
    }

    /// SHA-256 of a migration's SQL, in hexadecimal.
    static func checksum(of migration: Migration) -> String {
        SHA256.hash(data: Data(migration.sql.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    private static func refuseChange(
        of migration: Migration, in set: MigrationSet, since record: RecordedMigration
    ) throws(MigrationRefusal) {
        guard record.checksum == checksum(of: migration), record.name == migration.name else {
            throw MigrationRefusal(
                set: set, migration: migration,
                "it was applied as '\(record.name)' with checksum \(record.checksum.prefix(12)), and has been changed since; "
                    + "restore it, and make the change in a new migration")
        }
    }
}
