import Logging
import Postgres
import TestKit
import Testing

@testable import QuanDemo

@Suite("Waits for locks")
struct LockWaitsTests {
    @Test("a session that waits for a lock is counted once; a session of another database is not counted")
    func counted() async throws {
        let server = try await PrivatePostgres.shared()
        let (ours, other) = (try await server.temporaryDatabase(), try await server.temporaryDatabase())
        let waits = LockWaits(server.configuration(), databases: [ours.database])
        #expect(
            try await Self.waitOnce(in: other) {
                let polls = waits.polls
                try await eventually("it is polled") { waits.polls > polls + 1 }
                return waits.count == 0
            })
        #expect(
            try await Self.waitOnce(in: ours) {
                try await eventually("the wait is counted") { waits.count > 0 }
                // After further polls it is still one wait.
                let polls = waits.polls
                try await eventually("it is polled again") { waits.polls > polls + 3 }
                return waits.count == 1
            })
        #expect(
            try await Self.waitOnce(in: ours) {
                try await eventually("the next wait is counted") { waits.count == 2 }; return true
            })
        #expect(await waits.stop() == 2)
    }

    /// Makes one session wait for another's lock while `meanwhile` runs.
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
        try await eventually("the second session waits") {
            try await pool.withConnection { try await $0.query(waiting).decode(Int64.self).first == 1 }
        }
        let answer = try await meanwhile()
        seen.continuation.yield()
        _ = try await (holder, waiter)
        await pool.close(deadline: .seconds(5))
        return answer
    }
}
