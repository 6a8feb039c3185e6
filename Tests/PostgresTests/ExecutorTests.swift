import Foundation
import Postgres
import Testing

@Suite("The pool's executor")
struct ExecutorTests {
    @Test("runs tasks with leases, waits, sleeps and computation, more tasks than connections")
    func wholeTasks() async throws {
        try await withPool {
            $0.maximumConnections = 3
        } _: { pool in
            let echo = PostgresStatement("echo", "select $1::int8")
            let sum = try await withThrowingTaskGroup { group in
                for number in 1...20 {
                    group.addTask(executorPreference: PostgresPool.executor) {
                        let first = try await pool.withTransaction("echo") { try await $0.query(echo, number).decode(Int.self)[0] }
                        try await Task.sleep(for: .milliseconds(5))
                        await Task.yield()
                        return try await pool.withConnection { try await $0.query(echo, first).decode(Int.self)[0] }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(sum == 210)
        }
    }

    @Test("a task on the executor can be cancelled during a statement")
    func cancelled() async throws {
        try await withPool { pool in
            let started = Gate()
            let task = Task(executorPreference: PostgresPool.executor) {
                try await pool.withConnection { connection in
                    await started.open()
                    _ = try await connection.query(PostgresStatement("sleep", "select pg_sleep(25)::text"))
                }
            }
            await started.pass()
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            try await pool.withConnection { try await $0.script("select") }
        }
    }
}
