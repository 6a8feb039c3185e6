import Foundation
import Postgres
import TestKit
import Testing

@Suite("The pool")
struct PoolTests {
    private static let pid = PostgresStatement("pid", "select pg_backend_pid()")

    @Test("never opens more than the maximum number of connections, and serves every task")
    func bound() async throws {
        try await withPool {
            $0.maximumConnections = 3
        } _: { pool in
            let pids = try await withThrowingTaskGroup { group in
                for _ in 0..<60 {
                    group.addTask { try await pool.withConnection { try await $0.query(Self.pid).decode(Int32.self)[0] } }
                }
                return try await group.reduce(into: Set<Int32>()) { $0.insert($1) }
            }
            #expect((1...3).contains(pids.count))
        }
    }

    @Test("serves waiting tasks in order of arrival")
    func fairness() async throws {
        try await withPool {
            $0.maximumConnections = 1
        } _: { pool in
            let gate = Gate()
            let order = Order()
            let isHeld = Gate()
            let holder = Task {
                try await pool.withConnection { _ in
                    await isHeld.open()
                    await gate.pass()
                }
            }
            await isHeld.pass()
            try await withThrowingTaskGroup { group in
                for number in 0..<10 {
                    group.addTask { try await pool.withConnection { _ in await order.note(number) } }
                    // Start the next task only when this one is in the queue.
                    #expect(await eventually { pool.waiting == number + 1 })
                }
                await gate.open()
                try await group.waitForAll()
            }
            try await holder.value
            #expect(await order.numbers == Array(0..<10))
        }
    }

    @Test("a lease that is not available in time causes a timeout error, and the pool remains usable")
    func leaseDeadline() async throws {
        try await withPool {
            $0.maximumConnections = 1
        } _: { pool in
            try await pool.withConnection { _ in
                let error = await postgresError { try await pool.withConnection(deadline: .milliseconds(200)) { _ in } }
                #expect(error?.kind == .leaseDeadline)
                #expect(error?.isTransient == true)
                #expect(error?.message.contains("all 1 are in use") == true)
            }
            try await pool.withConnection { try await $0.script("select") }
        }
    }

    @Test("a task that is cancelled while it waits leaves the queue")
    func cancelledWaiter() async throws {
        try await withPool {
            $0.maximumConnections = 1
        } _: { pool in
            try await pool.withConnection { _ in
                let waiter = Task { try await pool.withConnection { _ in } }
                #expect(await eventually { pool.waiting == 1 })
                waiter.cancel()
                await #expect(throws: CancellationError.self) { try await waiter.value }
                #expect(pool.waiting == 0)
            }
            try await pool.withConnection { try await $0.script("select") }
        }
    }

    @Test("a connection returned within a transaction is not leased again")
    func leftInTransaction() async throws {
        try await withPool {
            $0.maximumConnections = 1
        } _: { pool in
            let first = try await pool.withConnection { connection in
                try await connection.script("begin")
                return connection.backendPID
            }
            let second = try await pool.withConnection { $0.backendPID }
            #expect(first != second)
        }
    }

    @Test("a usable connection is reused, also after an error")
    func reuse() async throws {
        try await withPool {
            $0.maximumConnections = 4
        } _: { pool in
            let first = try await pool.withConnection { $0.backendPID }
            _ = await postgresError { try await pool.withConnection { try await $0.script("select 1/0") } }
            _ = await postgresError { try await pool.withTransaction("x") { try await $0.script("select 1/0") } }
            #expect(try await pool.withConnection { $0.backendPID } == first)
        }
    }

    @Test("closing waits for leases, refuses new ones, and closes the connections still leased at the deadline")
    func closing() async throws {
        let pool = PostgresPool(try await PrivatePostgres.shared().temporaryDatabase(), logger: quietLogger)
        let started = Gate()
        let long = Task {
            await postgresError {
                try await pool.withConnection { connection in
                    await started.open()
                    _ = try await connection.query(PostgresStatement("sleep", "select pg_sleep(25)::text"))
                }
            }
        }
        await started.pass()
        await pool.close(deadline: .milliseconds(300))
        // With its answer the statement would succeed.
        #expect(await long.value?.kind == .connection)
        let late = await postgresError { try await pool.withConnection { _ in } }
        #expect(late?.kind == .closed)
        await pool.close(deadline: .seconds(1))
    }

    private actor Order {
        var numbers: [Int] = []
        func note(_ number: Int) { numbers.append(number) }
    }
}
