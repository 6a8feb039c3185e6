import Foundation
import Postgres
import Testing

@Suite("COPY FROM STDIN")
struct CopyTests {
    private static let table = "create table \"Item\" (id bigint primary key, name text, small smallint, at timestamptz)"

    @Test("loads many rows of typed values, nulls included, within a transaction")
    func load() async throws {
        try await withPool { pool in
            try await pool.withConnection { try await $0.script(Self.table) }
            let now = Date(timeIntervalSince1970: 1_777_777_777)
            let copied = try await pool.withTransaction("load") { connection in
                let rows = (0..<50_000).lazy.map { number -> [any PostgresEncodable] in
                    [number, number % 10 == 0 ? String?.none : "name \(number)", number % 100, now]
                }
                return try await connection.copyIn("public.Item", columns: ["id", "name", "small", "at"], rows: rows)
            }
            #expect(copied == 50_000)
            let check = PostgresStatement("check", "select count(*), count(name), sum(small)::int8, max(at) from \"Item\"")
            let row = try await pool.withConnection { try await $0.query(check).decode(Int.self, Int.self, Int.self, Date.self)[0] }
            #expect(row.0 == 50_000)
            #expect(row.1 == 45_000)
            #expect(row.2 == 50_000 / 100 * 4_950)
            #expect(row.3 == now)
        }
    }

    @Test("a value that does not fit copies nothing, and the connection remains usable")
    func unfit() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                try await connection.script(Self.table)
                let error = await postgresError {
                    let rows = (0..<20_000).lazy.map { number -> [any PostgresEncodable] in [number, number == 15_000 ? 1_000_000 : 1] }
                    try await connection.copyIn("Item", columns: ["id", "small"], rows: rows)
                }
                #expect(error?.kind == .encoding)
                #expect(try await connection.query(PostgresStatement("n", "select count(*) from \"Item\"")).decode(Int.self) == [0])
            }
        }
    }

    @Test("a violated constraint is reported as for a statement, and the connection remains usable")
    func constraint() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                try await connection.script(Self.table)
                let error = await postgresError { try await connection.copyIn("Item", columns: ["id"], rows: [[1], [2], [1]]) }
                #expect(error?.sqlState == "23505")
                #expect(error?.constraint == "Item_pkey")
                let missing = await postgresError { try await connection.copyIn("Nowhere", columns: ["id"], rows: [[1]]) }
                #expect(missing?.sqlState == "42P01")
                #expect(try await connection.copyIn("Item", columns: ["id"], rows: [[1], [2]]) == 2)
            }
        }
    }

    @Test("copies encoded bytes in the format that the statement names")
    func chunks() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                try await connection.script(Self.table)
                let csv = ["1,a\n2,", "b\n3,c\n"].map { Array($0.utf8) }
                #expect(try await connection.copyIn("copy \"Item\" (id, name) from stdin (format csv)", chunks: csv) == 3)
                let notCopy = await postgresError { try await connection.copyIn("select 1", chunks: csv) }
                #expect(notCopy?.kind == .usage)
            }
        }
    }
}
