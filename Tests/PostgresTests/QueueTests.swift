import Foundation
import Postgres
import Testing

@Suite("Enqueued steps")
struct QueueTests {
    private static let table =
        "create table account (id bigint primary key, fen bigint not null check (fen < 100)); insert into account values (1, 0)"
    private static let read = PostgresStatement("account.read", "select fen from account where id = $1")
    private static let add = PostgresStatement("account.add", "update account set fen = fen + $2 where id = $1")
    private static let state = PostgresStatement("activity", "select state from pg_stat_activity where pid = $1")

    private static let free = PostgresStatement("account.free", "select from account where id = $1 for update skip locked")

    private func withAccounts(_ body: (PostgresPool) async throws -> Void) async throws {
        try await withPool { pool in
            try await pool.withConnection { try await $0.script(Self.table) }
            try await body(pool)
        }
    }

    private func expectFen(_ expected: Int, _ pool: PostgresPool, at location: SourceLocation = #_sourceLocation) async throws {
        let found = try await pool.withConnection { try await $0.query(Self.read, 1).decode(Int.self)[0] }
        #expect(found == expected, sourceLocation: location)
    }

    /// The connection's state in `pg_stat_activity`.
    private func state(of connection: PostgresConnection, by pool: PostgresPool) async throws -> String {
        try await pool.withConnection { try await $0.query(Self.state, connection.backendPID).decode(String.self)[0] }
    }

    @Test("enqueueing sends nothing, not even BEGIN; the steps are sent with COMMIT")
    func commit() async throws {
        try await withAccounts { pool in
            try await pool.withTransaction("add") { connection in
                try connection.enqueue([PostgresStep(Self.add, 1, 2), PostgresStep(Self.add, 1, 3)])
                #expect(try await state(of: connection, by: pool) == "idle")
            }
            try await expectFen(5, pool)
        }
    }

    @Test("enqueued steps run before the next statement, and only the kept results are returned")
    func order() async throws {
        try await withAccounts { pool in
            try await pool.withTransaction("add") { connection in
                try connection.enqueue([PostgresStep(Self.read, 1)], keepingAnswers: true)
                try connection.enqueue([PostgresStep(Self.add, 1, 2)])
                #expect(try await connection.query(Self.read, 1).decode(Int.self) == [2])
                try connection.enqueue([PostgresStep(Self.read, 1)], keepingAnswers: true)
                let answers = try await connection.answers()
                #expect(try answers.map { try $0.decode(Int.self) } == [[0], [2]])
                #expect(try await connection.answers().isEmpty)
                try connection.enqueue([PostgresStep(Self.add, 1, 5)])
                try await connection.script("update account set fen = fen * 2")
            }
            try await expectFen(14, pool)
        }
    }

    @Test("a failing enqueued step rolls the transaction back, is named in the error, and leaves the connection usable")
    func failure() async throws {
        try await withAccounts { pool in
            let error = await postgresError {
                try await pool.withTransaction("add") { connection in
                    try await connection.execute(Self.add, 1, 1)
                    try connection.enqueue([PostgresStep(Self.add, 1, 1), PostgresStep(Self.add, 1, 100), PostgresStep(Self.add, 1, 1)])
                }
            }
            #expect(error?.sqlState == "23514" && error?.statement == "account.add" && error?.kind == .server)
            try await expectFen(0, pool)
        }
    }

    @Test("a deadlock in an enqueued step makes the body run again")
    func again() async throws {
        try await withAccounts { pool in
            let runs = CallCounter()
            let raise = "create function refuse() returns int language plpgsql as $$ begin raise deadlock_detected; end $$"
            try await pool.withConnection { try await $0.script(raise) }
            let refuse = PostgresStatement("refuse", "select refuse()")
            try await pool.withTransaction("twice") { connection in
                let isFirst = await runs.add() == 1
                try connection.enqueue([PostgresStep(Self.add, 1, 1)] + (isFirst ? [PostgresStep(refuse)] : []))
            }
            #expect(await runs.count == 2)
            try await expectFen(1, pool)
        }
    }

    @Test("in beforeCommit all statements have run and are invisible to others; an error there rolls them back")
    func beforeCommit() async throws {
        struct Aborted: Error {}
        try await withAccounts { pool in
            let looked = CallCounter()
            for isAborted in [true, false] {
                let work = {
                    try await pool.withTransaction("add") { connection in
                        try connection.enqueue([PostgresStep(Self.add, 1, 7)])
                        try connection.beforeCommit {
                            #expect(
                                await eventually {
                                    (try? await pool.withConnection { try await $0.query(Self.free, 1).isEmpty }) == true
                                }, "the statements have not run")
                            try await expectFen(0, pool)
                            await looked.add()
                            if isAborted { throw Aborted() }
                        }
                    }
                }
                if isAborted {
                    await #expect(throws: Aborted.self) { try await work() }
                    try await expectFen(0, pool)
                } else {
                    try await work()
                    try await expectFen(7, pool)
                }
            }
            #expect(await looked.count == 2)
        }
    }

    @Test("a session that ends before COMMIT arrives commits nothing, the error is transient, and the next lease works")
    func lostBefore() async throws {
        try await withAccounts { pool in
            let end = PostgresStatement("end", "select pg_terminate_backend($1)")
            let error = await postgresError {
                try await pool.withTransaction("add") { connection in
                    let pid = connection.backendPID
                    try connection.enqueue([PostgresStep(Self.add, 1, 7), PostgresStep(end, pid)])
                    try connection.beforeCommit {
                        let isGone = await eventually {
                            (try? await pool.withConnection { try await $0.query(Self.state, pid).isEmpty }) == true
                        }
                        #expect(isGone)
                    }
                }
            }
            #expect(error?.isTransient == true, "\(String(describing: error))")
            try await expectFen(0, pool)
            try await pool.withTransaction("add") { try $0.enqueue([PostgresStep(Self.add, 1, 7)]) }
            try await expectFen(7, pool)
        }
    }

    @Test("outside a transaction, steps without a following statement are dropped at the end of the lease, and the connection is reused")
    func dropped() async throws {
        try await withPool({ $0.maximumConnections = 1 }) { pool in
            try await pool.withConnection { try await $0.script(Self.table) }
            try await pool.withConnection { try $0.enqueue([PostgresStep(Self.add, 1, 7)], keepingAnswers: true) }
            try await pool.withConnection { connection in
                let found = try await connection.query(Self.read, 1).decode(Int.self)
                #expect(found == [0])
                let kept = try await connection.answers()
                #expect(kept.isEmpty)
            }
        }
    }

    @Test("a sibling pool has its additional settings, and the first pool does not")
    func sibling() async throws {
        try await withPool { pool in
            let show = PostgresStatement("show", "select current_setting('enable_seqscan'), current_setting('plan_cache_mode')")
            let byKey = pool.sibling(connections: 1, settings: PostgresPlans.byKey)
            let there = try await byKey.withConnection { try await $0.query(show).decode(String.self, String.self)[0] }
            let here = try await pool.withConnection { try await $0.query(show).decode(String.self, String.self)[0] }
            #expect(there == ("off", "force_generic_plan") && here == ("on", "auto"))
            await byKey.close(deadline: .seconds(3))
        }
    }
}
