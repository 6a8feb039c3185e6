import Logging
import Postgres
import TestKit
import Testing

@testable import quan

@Suite("Waits for locks")
struct LockWaitsTests {
    @Test("a session that waits for a lock is counted once, however long it waits; one of another database is not")
    func counted() async throws {
        let server = try await PrivatePostgres.shared()
        let (ours, other) = (try await server.temporaryDatabase(), try await server.temporaryDatabase())
        let waits = LockWaits(server.configuration(), databases: [ours.database])
        #expect(try await Self.waitOnce(in: other) { true })
        #expect(waits.count == 0)
        #expect(
            try await Self.waitOnce(in: ours) {
                try await eventually("the wait is seen") { waits.count > 0 }
                // Many looks later it is the same wait.
                let looks = waits.looks
                try await eventually("it is looked at again") { waits.looks > looks + 3 }
                return waits.count == 1
            })
        #expect(
            try await Self.waitOnce(in: ours) {
                try await eventually("the next one is seen") { waits.count == 2 }; return true
            })
        #expect(await waits.stop() == 2)
    }

    /// Has one session wait for another's lock while `meanwhile` runs.
    private static func waitOnce(in database: PostgresConfiguration, _ meanwhile: @escaping @Sendable () async throws -> Bool) async throws
        -> Bool
    {
        let pool = PostgresPool(database, logger: Logger(label: "test"))
        let lock = PostgresStatement("test.lock", "select pg_advisory_xact_lock(1)::text")
        let waiting = PostgresStatement(
            "test.waiting",
            "select count(*) from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())"
        )
        let held = AsyncStream.makeStream(of: Void.self), seen = AsyncStream.makeStream(of: Void.self)
        async let holder: Void = pool.withTransaction("hold") { connection in
            _ = try await connection.query(lock)
            held.continuation.yield()
            for await _ in seen.stream { return }
        }
        for await _ in held.stream { break }
        async let waiter: Void = pool.withTransaction("wait") { connection in _ = try await connection.query(lock) }
        try await eventually("the second waits") {
            try await pool.withConnection { try await $0.query(waiting).decode(Int64.self).first == 1 }
        }
        let answer = try await meanwhile()
        seen.continuation.yield()
        _ = try await (holder, waiter)
        await pool.close(deadline: .seconds(5))
        return answer
    }
}
