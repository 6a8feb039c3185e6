import Foundation
import Postgres
import TestKit
import Testing

@Suite("Failures of the database, the network and the caller")
struct FailureTests {
    private static let table = "create table item (id bigint primary key)"
    private static let insert = PostgresStatement("item.insert", "insert into item values ($1)")
    private static let count = PostgresStatement("item.count", "select count(*) from item")
    private static let sleep = PostgresStatement("sleep", "select pg_sleep(25)::text")

    @Test("a backend killed during a transaction causes a clear error, and the pool remains usable")
    func killedBetweenStatements() async throws {
        let server = try await PrivatePostgres.shared()
        try await withPool { pool in
            try await pool.withConnection { try await $0.script(Self.table) }
            let error = await postgresError {
                try await pool.withTransaction("doomed") { connection in
                    try await connection.execute(Self.insert, 1)
                    server.killBackend(connection.backendPID)
                    // The signal arrives at any point; one of these statements fails.
                    for id in 2... { try await connection.execute(Self.insert, id) }
                }
            }
            #expect(error?.kind == .connection)
            #expect(error?.isTransient == true)
            #expect(try await pool.withConnection { try await $0.query(Self.count).decode(Int.self) } == [0])
        }
    }

    @Test("a backend killed during a statement causes an error with the server's SQLSTATE")
    func killedInStatement() async throws {
        let server = try await PrivatePostgres.shared()
        try await withPool { pool in
            let error = await postgresError {
                try await pool.withConnection { connection in
                    let pid = connection.backendPID
                    async let answer = connection.query(Self.sleep)
                    #expect(try await eventually { try await Self.isRunning(pid, pool) })
                    server.killBackend(pid)
                    _ = try await answer
                }
            }
            #expect(error?.kind == .connection)
            #expect(error?.sqlState == "57P01")
            try await pool.withConnection { try await $0.script("select") }
        }
    }

    @Test("a backend killed before COMMIT causes an error that is not `outcomeUnknown`")
    func killedBeforeCommit() async throws {
        let server = try await PrivatePostgres.shared()
        try await withPool { pool in
            try await pool.withConnection { try await $0.script(Self.table) }
            let error = await postgresError {
                try await pool.withTransaction("doomed") { connection in
                    try await connection.execute(Self.insert, 1)
                    let pid = connection.backendPID
                    server.killBackend(pid)
                    #expect(try await eventually { try await !Self.exists(pid, pool) })
                }
            }
            #expect(error?.kind == .connection)
            #expect(error?.statement == "doomed")
            #expect(try await pool.withConnection { try await $0.query(Self.count).decode(Int.self) } == [0])
        }
    }

    @Test("idle connections that a restart has closed are never leased", arguments: [PrivatePostgres.StopMode.fast, .immediate])
    func restart(_ mode: PrivatePostgres.StopMode) async throws {
        let server = try await PrivatePostgres.start()
        try await withPool(on: server) {
            $0.maximumConnections = 4
        } _: { pool in
            try await pool.withConnection { try await $0.script(Self.table) }
            let gate = Gate()
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask { try await pool.withConnection { _ in await gate.pass() } }
                }
                await gate.open()
                try await group.waitForAll()
            }
            try await server.restart(mode)
            for id in 0..<8 {
                #expect(try await pool.withConnection { try await $0.execute(Self.insert, id) } == 1)
            }
        }
        await server.discard()
    }

    @Test("a server stopped during a transaction causes a clear error; leases time out while it is down, and succeed when it is up again")
    func serverAway() async throws {
        let server = try await PrivatePostgres.start()
        try await withPool(on: server) { pool in
            try await pool.withConnection { try await $0.script(Self.table) }
            let lost = await postgresError {
                try await pool.withTransaction("doomed") { connection in
                    try await connection.execute(Self.insert, 1)
                    try await server.stop(.immediate)
                    try await connection.execute(Self.insert, 2)
                }
            }
            #expect(lost?.kind == .connection)
            #expect(lost?.isTransient == true)
            let away = await postgresError { try await pool.withConnection(deadline: .seconds(3)) { _ in } }
            #expect(away?.kind == .leaseDeadline)
            #expect(away?.message.contains("last attempt to connect failed") == true)
            async let patient = pool.withConnection(deadline: .seconds(60)) { try await $0.query(Self.count).decode(Int.self) }
            try await server.start()
            #expect(try await patient == [0])
        }
        await server.discard()
    }

    @Test("a crashed backend closes the other sessions, and the pool recovers")
    func crash() async throws {
        let server = try await PrivatePostgres.start()
        try await withPool(on: server) { pool in
            let error = await postgresError {
                try await pool.withConnection { connection in
                    server.crashBackend(connection.backendPID)
                    while true { try await connection.script("select") }
                }
            }
            #expect(error?.kind == .connection)
            // A connection made before the server noticed the crash is closed with the others.
            #expect(await eventually { await postgresError { try await pool.withConnection { try await $0.script("select") } } == nil })
        }
        await server.discard()
    }

    @Test("a task cancelled during a statement ends before its answer, its statement stops on the server, and the pool remains usable")
    func cancelled() async throws {
        try await withPool {
            $0.maximumConnections = 2
        } _: { pool in
            try await pool.withConnection { try await $0.script(Self.table) }
            let pids = AsyncStream<Int32>.makeStream()
            let task = Task {
                try await pool.withTransaction("long") { connection in
                    try await connection.execute(Self.insert, 1)
                    pids.continuation.yield(connection.backendPID)
                    _ = try await connection.query(Self.sleep)
                }
            }
            var iterator = pids.stream.makeAsyncIterator()
            let pid = try #require(await iterator.next())
            #expect(try await eventually { try await Self.isRunning(pid, pool) })
            task.cancel()
            // With the answer the transaction would commit.
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await eventually { try await !Self.exists(pid, pool) })
            for _ in 0..<20 {
                #expect(try await pool.withConnection { try await $0.query(Self.count).decode(Int.self) } == [0])
            }
        }
    }

    @Test("tasks cancelled at any moment leave no unusable connection in the pool")
    func cancelledAnywhere() async throws {
        try await withPool {
            $0.maximumConnections = 4
        } _: { pool in
            let echo = PostgresStatement("echo", "select $1::int8")
            for round in 0..<150 {
                let task = Task {
                    try await pool.withTransaction("echo") { connection in
                        for number in 0..<5 { _ = try await connection.query(echo, number) }
                    }
                }
                try await Task.sleep(for: .microseconds(round * 20))
                task.cancel()
                _ = await task.result
                let answer = try await pool.withConnection { try await $0.query(echo, round).decode(Int.self) }
                #expect(answer == [round])
            }
        }
    }

    @Test("a statement that exceeds the server's timeout fails, and its connection is kept")
    func statementTimeout() async throws {
        try await withPool {
            $0.statementTimeout = .milliseconds(200)
        } _: { pool in
            try await pool.withConnection { connection in
                let error = await postgresError { _ = try await connection.query(Self.sleep) }
                #expect(error?.sqlState == "57014")
                #expect(error?.isTransient == true)
                try await connection.script("select")
            }
        }
    }

    @Test("the client's own timeout ends a statement that the server does not answer")
    func clientBound() async throws {
        try await withPool { pool in
            let error = await postgresError {
                try await pool.withConnection { try await $0.script("select pg_sleep(25)", deadline: .milliseconds(300)) }
            }
            #expect(error?.kind == .statementDeadline)
            try await pool.withConnection { try await $0.script("select") }
        }
    }

    @Test("a lock timeout is a transient error")
    func lockTimeout() async throws {
        try await withPool {
            $0.lockTimeout = .milliseconds(100)
        } _: { pool in
            try await pool.withConnection { try await $0.script(Self.table) }
            let lock = PostgresStatement("item.lock", "lock table item")
            let error = try await pool.withTransaction("holder") { holder in
                try await holder.execute(lock)
                return await postgresError { _ = try await pool.withTransaction("other") { try await $0.execute(lock) } }
            }
            #expect(error?.sqlState == "55P03")
            #expect(error?.isTransient == true)
        }
    }

    static func isRunning(_ pid: Int32, _ pool: PostgresPool) async throws -> Bool {
        let statement = PostgresStatement(
            "activity", "select state = 'active' and query like '%pg_sleep%' from pg_stat_activity where pid = $1")
        return try await pool.withConnection { try await $0.query(statement, pid).decode(Bool.self).first ?? false }
    }

    static func exists(_ pid: Int32, _ pool: PostgresPool) async throws -> Bool {
        let statement = PostgresStatement("exists", "select exists (select from pg_stat_activity where pid = $1)")
        return try await pool.withConnection { try await $0.query(statement, pid).decode(Bool.self)[0] }
    }
}
