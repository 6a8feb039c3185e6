import Foundation
import Logging
import Postgres
import TestKit
import Testing

@testable import ServiceHost

private let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

/// Creates a database for the test.
private func withDatabase(_ body: (PostgresConfiguration) async throws -> Void) async throws {
    try await body(try await PrivatePostgres.shared().temporaryDatabase("migration"))
}

private func migrate(
    _ database: PostgresConfiguration, _ sets: [MigrationSet], lockDeadline: Duration = .seconds(60)
) async throws {
    let pool = PostgresPool(database, logger: quiet)
    do {
        try await Migrator(pool, sets, logger: quiet).migrate(lockDeadline: lockDeadline)
    } catch {
        await pool.close(deadline: .seconds(10))
        throw error
    }
    await pool.close(deadline: .seconds(10))
}

private func text(_ sql: String, in database: PostgresConfiguration) async throws -> String? {
    let pool = PostgresPool(database, logger: quiet)
    let rows = try await pool.withConnection { try await $0.query(PostgresStatement("probe", sql)).decode(String?.self) }
    await pool.close(deadline: .seconds(10))
    return rows.first ?? nil
}

private let record = "select string_agg(set_name || ' ' || number || ' ' || name, ', ' order by set_name, number) from schema_migration"

@Suite("Migrations")
struct MigrationTests {
    private let first = Migration(1, "make-counter", sql: "create table counter (id text primary key, total bigint not null)")
    private let second = Migration(2, "seed", sql: "insert into counter values ('a', 1); insert into counter values ('b', 2)")

    @Test("pending migrations are applied in order, recorded, and never applied again")
    func inOrder() async throws {
        try await withDatabase { database in
            try await migrate(database, [MigrationSet("toy", [second, first])])
            try await migrate(database, [MigrationSet("toy", [first, second])])
            #expect(try await text(record, in: database) == "toy 1 make-counter, toy 2 seed")
            #expect(try await text("select sum(total)::text from counter", in: database) == "3")
            let third = Migration(3, "add", sql: "update counter set total = total + 1")
            try await migrate(database, [MigrationSet("toy", [first, second, third])])
            #expect(try await text("select sum(total)::text from counter", in: database) == "5")
        }
    }

    @Test("each set has its own numbers, and two sets with the same name are refused")
    func sets() async throws {
        try await withDatabase { database in
            let other = MigrationSet("messaging", [Migration(1, "make-outbox", sql: "create table outbox (id bigint)")])
            try await migrate(database, [other, MigrationSet("toy", [first])])
            #expect(try await text(record, in: database) == "messaging 1 make-outbox, toy 1 make-counter")
            await #expect(throws: MigrationRefusal.self) { try await migrate(database, [other, other]) }
        }
    }

    @Test("a failing migration is rolled back, and earlier ones stay applied")
    func failing() async throws {
        try await withDatabase { database in
            let bad = Migration(2, "bad", sql: "create table half (id bigint); insert into nowhere values (1)")
            let error = await #expect(throws: PostgresError.self) {
                try await migrate(database, [MigrationSet("toy", [first, bad])])
            }
            #expect(error?.sqlState == "42P01")
            #expect(try await text(record, in: database) == "toy 1 make-counter")
            #expect(try await text("select to_regclass('half')::text", in: database) == nil)
            try await migrate(database, [MigrationSet("toy", [first, second])])
            #expect(try await text(record, in: database) == "toy 1 make-counter, toy 2 seed")
        }
    }

    @Test("an applied migration whose SQL or name has changed is refused by name")
    func changed() async throws {
        try await withDatabase { database in
            try await migrate(database, [MigrationSet("toy", [first])])
            for changed in [Migration(1, "make-counter", sql: first.sql + " "), Migration(1, "renamed", sql: first.sql)] {
                let refusal = await #expect(throws: MigrationRefusal.self) {
                    try await migrate(database, [MigrationSet("toy", [changed])])
                }
                #expect(refusal?.description.contains("toy 1") == true)
                #expect(refusal?.reason.contains("has been changed since") == true)
            }
        }
    }

    @Test("a migration that ends its own transaction is refused and not recorded")
    func ownTransaction() async throws {
        try await withDatabase { database in
            let own = Migration(2, "own", sql: "commit; begin")
            let refusal = await #expect(throws: MigrationRefusal.self) {
                try await migrate(database, [MigrationSet("toy", [first, own])])
            }
            #expect(refusal?.reason.contains("ended the transaction") == true)
            let recorded = try await text(record, in: database)
            #expect(recorded == "toy 1 make-counter")
        }
    }

    @Test("instances that start at the same time apply each migration once")
    func concurrently() async throws {
        try await withDatabase { database in
            let set = MigrationSet("toy", [first, second])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { try await migrate(database, [set]) } }
                try await group.waitForAll()
            }
            #expect(try await text("select sum(total)::text from counter", in: database) == "3")
        }
    }

    @Test("the lock of another instance is awaited until the deadline, then a transient error is thrown")
    func lockDeadline() async throws {
        try await withDatabase { database in
            try await migrate(database, [])
            let holder = PostgresPool(database, logger: quiet)
            try await holder.withConnection { connection in
                try await connection.script("select pg_advisory_lock(\(0x5175_616E))")
                let error = await #expect(throws: PostgresError.self) {
                    try await migrate(database, [MigrationSet("toy", [first])], lockDeadline: .milliseconds(200))
                }
                #expect(error?.sqlState == "55P03")
                #expect(error?.isTransient == true)
                try await connection.script("select pg_advisory_unlock_all()")
            }
            await holder.close(deadline: .seconds(10))
            try await migrate(database, [MigrationSet("toy", [first])])
            #expect(try await text(record, in: database) == "toy 1 make-counter")
        }
    }

    @Test("numbers with gaps or repeats are refused before anything is applied")
    func numbers() {
        for numbers in [[2], [1, 3], [1, 1], [0, 1], [-1]] {
            let set = MigrationSet("toy", numbers.map { Migration($0, "m", sql: "select 1") })
            #expect(throws: MigrationRefusal.self) { try MigrationPlan.pending(of: set, recorded: []) }
        }
    }

    @Test("a database with newer migrations than the program, or with a missing record, is refused")
    func records() {
        let set = MigrationSet("toy", [first])
        let known = RecordedMigration(number: 1, name: first.name, checksum: MigrationPlan.checksum(of: first))
        let newer = RecordedMigration(number: 2, name: "newer", checksum: "x")
        #expect(throws: Never.self) { try MigrationPlan.pending(of: set, recorded: [known]) }
        let ahead = #expect(throws: MigrationRefusal.self) { try MigrationPlan.pending(of: set, recorded: [known, newer]) }
        #expect(ahead?.reason.contains("run the newer program") == true)
        let lost = #expect(throws: MigrationRefusal.self) { try MigrationPlan.pending(of: set, recorded: [newer]) }
        #expect(lost?.reason.contains("is not recorded") == true)
    }

    @Test("the checksum is SHA-256 of the SQL")
    func checksum() {
        #expect(
            MigrationPlan.checksum(of: Migration(1, "abc", sql: "abc"))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test("a folder of files is read in the order of numbers, and a file with an invalid name is refused")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("select 2".utf8).write(to: folder.appending(path: "0002-second-step.sql"))
        try Data("select 1".utf8).write(to: folder.appending(path: "0001-first.sql"))
        let set = try MigrationSet("toy", filesIn: folder)
        #expect(set.migrations == [Migration(1, "first", sql: "select 1"), Migration(2, "second-step", sql: "select 2")])
        try Data().write(to: folder.appending(path: "notes.txt"))
        #expect(throws: MigrationRefusal.self) { try MigrationSet("toy", filesIn: folder) }
        #expect(throws: MigrationRefusal.self) { try MigrationSet("toy", filesIn: folder.appending(path: "nowhere")) }
    }
}
