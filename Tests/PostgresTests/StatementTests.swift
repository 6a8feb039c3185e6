import Foundation
import Postgres
import Testing

@Suite("Statements")
struct StatementTests {
    private static let insert = PostgresStatement("item.insert", "insert into item (id, name) values ($1, $2)")
    private static let all = PostgresStatement("item.all", "select id, name from item order by id")
    private static let table = "create table item (id bigint primary key, name text not null check (name <> 'bad'))"

    @Test("rows are read by position, by name and as tuples; affected rows are counted")
    func reading() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                try await connection.script(Self.table)
                #expect(try await connection.execute(Self.insert, 1, "a") == 1)
                #expect(try await connection.execute(Self.insert, [2, "b"]) == 1)
                let rows = try await connection.query(Self.all)
                #expect(rows.count == 2)
                #expect(rows.columns == ["id", "name"])
                #expect(try rows[1].decode(column: "name", as: String.self) == "b")
                #expect(try rows[1].decode(column: 0, as: Int.self) == 2)
                #expect(try rows.map { try $0.decode(Int.self, String.self).1 } == ["a", "b"])
                let missing = await postgresError { _ = try rows[0].decode(column: "Name", as: String.self) }
                #expect(missing?.kind == .decoding)
                #expect(try await connection.execute(PostgresStatement("item.touch", "update item set name = name")) == 2)
            }
        }
    }

    /// The target of a query batch.
    private struct Names: Sendable {
        var all: [String] = []
        var count = 0
    }

    @Test("a query batch applies each result to its target in order, and later queries see the effects of earlier ones")
    func queryBatch() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                try await connection.script(Self.table)
                var names = Names()
                var queries = PostgresQueryBatch<Names>()
                try await queries.run(into: &names, on: connection)
                queries.add(Self.insert, [1, "a"]) { names, _ in names.all.append("first") }
                queries.add(Self.all) { names, rows in names.all += try rows.decode(Int.self, String.self).map(\.1) }
                queries.add(Self.all) { names, rows in names.count = names.all.count + rows.count }
                try await queries.run(into: &names, on: connection)
                #expect(names.all == ["first", "a"] && names.count == 3)
                // If a query fails, its error is thrown, no result is applied, and all are rolled back.
                var failing = PostgresQueryBatch<Names>()
                failing.add(Self.insert, [2, "b"]) { names, _ in names.count = 0 }
                failing.add(Self.insert, [3, "bad"]) { names, _ in names.count = 0 }
                let error = await postgresError { try await failing.run(into: &names, on: connection) }
                #expect(error?.sqlState == "23514" && names.count == 3)
                #expect(try await connection.query(Self.all).count == 1)
            }
        }
    }

    @Test("a statement is prepared once per connection")
    func preparedOnce() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                let prepared = PostgresStatement("prepared", "select count(*) from pg_prepared_statements")
                for _ in 0..<5 {
                    let count = try await connection.query(prepared).decode(Int.self)
                    #expect(count == [1])
                }
            }
        }
    }

    @Test("a server error contains SQLSTATE, constraint, table and statement, and no value")
    func serverErrors() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                try await connection.script(Self.table)
                try await connection.execute(Self.insert, 1, "a")
                let duplicate = await postgresError { try await connection.execute(Self.insert, 1, "13800138000") }
                #expect(duplicate?.kind == .server)
                #expect(duplicate?.sqlState == "23505")
                #expect(duplicate?.constraint == "item_pkey")
                #expect(duplicate?.table == "item")
                #expect(duplicate?.statement == "item.insert")
                #expect(duplicate?.isTransient == false)
                #expect(duplicate?.description.contains("13800138000") == false)
                let check = await postgresError { try await connection.execute(Self.insert, 2, "bad") }
                #expect(check?.sqlState == "23514")
                #expect(check?.constraint == "item_name_check")
                let cast = PostgresStatement("cast", "select $1::text::int8")
                let malformed = await postgresError { _ = try await connection.query(cast, "13800138000x") }
                #expect(malformed?.sqlState == "22P02")
                #expect(malformed?.description.contains("13800138000") == false)
                let raised = await postgresError { try await connection.script("do $$ begin raise exception 'phone 13800138000'; end $$") }
                #expect(raised?.sqlState == "P0001")
                #expect(raised?.description.contains("13800138000") == false)
                let syntax = await postgresError { try await connection.script("create tabel x ()") }
                #expect(syntax?.sqlState == "42601")
                #expect(syntax?.message.contains("character 8") == true)
            }
        }
    }

    @Test("a pipeline is one transaction: all its steps or none, and the connection remains usable")
    func pipelineAtomicity() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                try await connection.script(Self.table)
                let answers = try await connection.pipeline(
                    (1...100).map { PostgresStep(Self.insert, $0, "n\($0)") } + [PostgresStep(Self.all)])
                #expect(answers.count == 101)
                #expect(answers[99].affected == 1)
                #expect(answers[100].count == 100)
                let error = await postgresError {
                    _ = try await connection.pipeline((150...160).map { PostgresStep(Self.insert, $0, $0 == 155 ? "bad" : "x") })
                }
                #expect(error?.constraint == "item_name_check")
                #expect(try await connection.query(Self.all).count == 100)
                #expect(try await connection.pipeline([]).isEmpty)
            }
        }
    }

    @Test("a pipeline larger than all buffers in both directions does not deadlock")
    func largePipeline() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                let echo = PostgresStatement("echo", "select $1::text")
                let text = String(repeating: "券", count: 3_000)
                let answers = try await connection.pipeline((0..<3_000).map { PostgresStep(echo, "\($0) \(text)") })
                #expect(try answers[2_999].decode(String.self) == ["2999 \(text)"])
                #expect(answers.count == 3_000)
            }
        }
    }

    @Test("after a table changes, a prepared statement is prepared again outside a transaction, and the transaction is retried inside one")
    func changedResultType() async throws {
        try await withPool { pool in
            let statement = PostgresStatement("item.star", "select * from item")
            try await pool.withConnection { connection in
                try await connection.script("create table item (id bigint); insert into item values (1)")
                #expect(try await connection.query(statement).columns == ["id"])
                try await connection.script("alter table item add name text")
                #expect(try await connection.query(statement).columns == ["id", "name"])
            }
            try await pool.withConnection { try await $0.script("alter table item add price bigint") }
            let columns = try await pool.withTransaction("read") { try await $0.query(statement).columns }
            #expect(columns == ["id", "name", "price"])
        }
    }

    @Test("deallocated statements are prepared again")
    func deallocated() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                let one = PostgresStatement("one", "select 1::int8")
                #expect(try await connection.query(one).decode(Int.self) == [1])
                try await connection.script("deallocate all")
                #expect(try await connection.query(one).decode(Int.self) == [1])
            }
        }
    }

    @Test("the number of prepared statements on the server is bounded by the cache's limit")
    func boundedCache() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                for number in 0..<1_100 {
                    let statement = PostgresStatement("n", "select \(number)::int8")
                    #expect(try await connection.query(statement).decode(Int.self) == [number])
                }
                let count = try await connection.query(PostgresStatement("count", "select count(*) from pg_prepared_statements"))
                #expect(try count.decode(Int.self)[0] <= 501)
            }
        }
    }

    @Test("use of a connection by two tasks at once, or after its lease, is refused and does no harm")
    func misuse() async throws {
        try await withPool { pool in
            let slow = PostgresStatement("slow", "select pg_sleep(3)::text")
            let kept = try await pool.withConnection { connection in
                let pid = connection.backendPID
                async let first = connection.query(slow).count
                let isUnderWay = try await eventually { try await FailureTests.isRunning(pid, pool) }
                #expect(isUnderWay)
                let second = await postgresError { try await connection.script("select") }
                #expect(second?.kind == .usage)
                let answers = try await first
                #expect(answers == 1)
                return connection
            }
            let late = await postgresError { try await kept.script("select") }
            #expect(late?.kind == .usage)
            try await pool.withConnection { try await $0.script("select") }
        }
    }

    @Test("COPY in a statement or a script is refused, and the pool remains usable")
    func copyAsStatement() async throws {
        try await withPool { pool in
            let script = await postgresError { try await pool.withConnection { try await $0.script("copy (select 1) to stdout") } }
            #expect(script?.kind == .usage)
            let statement = await postgresError {
                try await pool.withConnection { _ = try await $0.query(PostgresStatement("copy", "copy (select 1) to stdout")) }
            }
            #expect(statement != nil)
            try await pool.withConnection { try await $0.script("select") }
        }
    }
}
