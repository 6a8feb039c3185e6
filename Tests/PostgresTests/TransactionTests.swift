import Foundation
import Postgres
import Testing

@Suite("Transactions")
struct TransactionTests {
    private static let table =
        "create table account (id bigint primary key, fen bigint not null); insert into account values (1, 0), (2, 0)"
    private static let read = PostgresStatement("account.read", "select fen from account where id = $1")
    private static let write = PostgresStatement("account.write", "update account set fen = $2 where id = $1")
    private static let add = PostgresStatement("account.add", "update account set fen = fen + 1 where id = $1")

    private func fen(_ pool: PostgresPool, _ id: Int = 1) async throws -> Int {
        try await pool.withConnection { try await $0.query(Self.read, id).decode(Int.self)[0] }
    }

    @Test("a body that returns is committed, and a body that throws is rolled back")
    func commitAndRollback() async throws {
        struct Refused: Error {}
        try await withPool { pool in
            try await pool.withConnection { try await $0.script(Self.table) }
            let answer = try await pool.withTransaction("add") { connection in
                try await connection.execute(Self.add, 1)
                return "done"
            }
            #expect(answer == "done")
            await #expect(throws: Refused.self) {
                try await pool.withTransaction("add") { connection in
                    try await connection.execute(Self.add, 1)
                    throw Refused()
                }
            }
            #expect(try await fen(pool) == 1)
        }
    }

    @Test("a transaction without statements sends nothing")
    func empty() async throws {
        try await withPool { pool in
            let answer = try await pool.withTransaction("nothing") { _ in 7 }
            #expect(answer == 7)
        }
    }

    @Test("the transaction has the requested isolation level", arguments: PostgresIsolation.allCases)
    func isolation(_ level: PostgresIsolation) async throws {
        try await withPool { pool in
            let show = PostgresStatement("show", "select current_setting('transaction_isolation')")
            let shown = try await pool.withTransaction("show", isolation: level) { try await $0.query(show).decode(String.self) }
            #expect(shown == [level.rawValue])
            try await pool.withTransaction("script", isolation: level) { connection in
                try await connection.script("create table here (x int)")
                #expect(try await connection.query(show).decode(String.self) == [level.rawValue])
            }
        }
    }

    @Test("after serialisation failures the body runs again, so that no increment is lost")
    func serialisation() async throws {
        try await withPool { pool in
            try await pool.withConnection { try await $0.script(Self.table) }
            let runs = CallCounter()
            let bothHaveRead = Gate()
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask {
                        for _ in 0..<5 {
                            try await pool.withTransaction("increment", isolation: .serializable, attempts: 200) { connection in
                                let run = await runs.add()
                                let fen = try await connection.query(Self.read, 1).decode(Int.self)[0]
                                // The first two read before either writes, so that one of them must be retried.
                                if run == 2 { await bothHaveRead.open() }
                                if run <= 2 { await bothHaveRead.pass() }
                                try await connection.execute(Self.write, 1, fen + 1)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await fen(pool) == 40)
            #expect(await runs.count > 40)
        }
    }

    @Test("of two deadlocked transactions one is retried, and both take effect")
    func deadlock() async throws {
        try await withPool { pool in
            try await pool.withConnection { try await $0.script(Self.table) }
            let runs = CallCounter()
            let bothHoldOne = Gate()
            @Sendable func move(_ first: Int, _ second: Int) async throws {
                try await pool.withTransaction("move") { connection in
                    try await connection.execute(Self.add, first)
                    if await runs.add() == 2 { await bothHoldOne.open() }
                    await bothHoldOne.pass()
                    try await connection.execute(Self.add, second)
                }
            }
            async let one: Void = move(1, 2)
            async let two: Void = move(2, 1)
            _ = try await (one, two)
            #expect(try await fen(pool, 1) == 2)
            #expect(try await fen(pool, 2) == 2)
            #expect(await runs.count == 3)
        }
    }

    @Test("the number of attempts is bounded: the server's error is thrown after the last")
    func attemptsBound() async throws {
        try await withPool { pool in
            let runs = CallCounter()
            let error = await postgresError {
                try await pool.withTransaction("doomed", attempts: 3) { connection in
                    await runs.add()
                    try await connection.script("do $$ begin raise serialization_failure; end $$")
                }
            }
            #expect(error?.sqlState == "40001")
            #expect(error?.shouldRetryTransaction == true)
            #expect(await runs.count == 3)
        }
    }

    @Test("a body that catches or wraps a retriable server error is also retried")
    func caught() async throws {
        struct Wrapped: Error {}
        try await withPool { pool in
            let runs = CallCounter()
            let failOnce = "do $$ begin raise deadlock_detected; end $$"
            try await pool.withTransaction("swallow") { connection in
                if await runs.add() == 1 { try? await connection.script(failOnce) }
            }
            #expect(await runs.count == 2)
            try await pool.withTransaction("wrap") { connection in
                guard await runs.add() == 3 else { return }
                do { try await connection.script(failOnce) } catch { throw Wrapped() }
            }
            #expect(await runs.count == 4)
        }
    }

    @Test("a body that catches another server error is not committed")
    func caughtOtherError() async throws {
        try await withPool { pool in
            try await pool.withConnection { try await $0.script(Self.table) }
            let error = await postgresError {
                try await pool.withTransaction("swallow") { connection in
                    try await connection.execute(Self.add, 1)
                    try? await connection.script("select 1/0")
                }
            }
            #expect(error?.sqlState == "22012")
            #expect(try await fen(pool) == 0)
        }
    }

    @Test("an error at commit names the constraint and the transaction")
    func deferredConstraint() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                try await connection.script("create table one (id bigint, constraint only_one unique (id) deferrable initially deferred)")
            }
            let insert = PostgresStatement("one.insert", "insert into one values (1)")
            let error = await postgresError {
                try await pool.withTransaction("twice") { connection in
                    try await connection.execute(insert)
                    try await connection.execute(insert)
                }
            }
            #expect(error?.sqlState == "23505")
            #expect(error?.constraint == "only_one")
            #expect(error?.statement == "twice")
            let autocommit = await postgresError {
                try await pool.withConnection { _ = try await $0.pipeline([PostgresStep(insert), PostgresStep(insert)]) }
            }
            #expect(autocommit?.constraint == "only_one")
            let inserted = try await pool.withConnection { try await $0.execute(insert) }
            #expect(inserted == 1)
        }
    }

    @Test("a body that sends COMMIT itself causes a usage error")
    func ownCommit() async throws {
        try await withPool { pool in
            let error = await postgresError { try await pool.withTransaction("own") { try await $0.script("commit") } }
            #expect(error?.kind == .usage)
        }
    }

    @Test("an actor may run a transaction over its own state")
    func fromActor() async throws {
        actor Owner {
            var seen = 0
            func look(_ pool: PostgresPool) async throws {
                try await pool.withTransaction("look") { connection in
                    seen += try await connection.query(PostgresStatement("one", "select 1::int8")).decode(Int.self)[0]
                }
            }
        }
        try await withPool { pool in
            let owner = Owner()
            try await owner.look(pool)
            #expect(await owner.seen == 1)
        }
    }
}
