import Foundation
import Postgres
import Testing

@Suite("Values that do not fit cause errors without values, and the connection remains usable")
struct RefusedValueTests {
    private static let unfit: [(type: String, value: any PostgresEncodable)] = [
        ("int2", 40_000), ("int4", Int64.max), ("oid", -1), ("text", 1), ("text", "a\0b"), ("int8", "1"), ("uuid", "x"),
        ("timestamptz", Date(timeIntervalSinceReferenceDate: .nan)), ("timestamptz", Date(timeIntervalSinceReferenceDate: 1e300)),
        ("timestamptz", Date(timeIntervalSinceReferenceDate: -.infinity)), ("timestamp", Date()), ("numeric", Decimal.nan),
        ("date", PostgresDate(year: 2026, month: 2, day: 29)), ("date", PostgresDate(year: .max, month: 1, day: 1)),
        ("date", PostgresDate(year: 2026, month: 13, day: 1)), ("date", PostgresDate(year: 2026, month: 1, day: .min)),
        ("bytea", "text"), ("int8", [1, 2]), ("int8[]", 1), ("int2[]", [1, 70_000]), ("jsonb", "text"), ("bool", 1), ("float8", 1),
    ]

    @Test("a value that cannot be encoded is refused before anything is sent")
    func encoding() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                for (type, value) in Self.unfit {
                    let error = await postgresError {
                        _ = try await connection.query(PostgresStatement("send", "select $1::\(type)"), value)
                    }
                    #expect(error?.kind == .encoding, "\(Swift.type(of: value)) as \(type)")
                    #expect(error?.statement == "send")
                }
                let one = try await connection.query(PostgresStatement("one", "select 1::int8")).decode(Int.self)
                #expect(one == [1])
            }
        }
    }

    @Test("a value that cannot be decoded is refused: wrong type, out of range, infinite, too precise")
    func decoding() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                func refused<T: PostgresDecodable>(_ sql: String, _: T.Type) async {
                    let error = await postgresError {
                        _ = try await connection.query(PostgresStatement("read", "select \(sql) as c")).decode(T.self)
                    }
                    #expect(error?.kind == .decoding, "\(sql) as \(T.self)")
                    #expect(error?.column == "c")
                }
                await refused("70000", Int16.self)
                await refused("5000000000::int8", Int32.self)
                await refused("1::int8", String.self)
                await refused("'1'", Int.self)
                await refused("1.5::numeric", Int.self)
                await refused("'NaN'::numeric", Decimal.self)
                await refused("'Infinity'::numeric", Decimal.self)
                await refused("repeat('7', 39)::numeric", Decimal.self)
                await refused("1e200::numeric", Decimal.self)
                await refused("'infinity'::timestamptz", Date.self)
                await refused("now()::timestamp", Date.self)
                await refused("'-infinity'::date", PostgresDate.self)
                await refused("'{{1,2},{3,4}}'::int8[]", [Int64].self)
                await refused("'{1,null}'::int8[]", [Int64].self)
                await refused("'{1}'::int8[]", [String].self)
                await refused("'{1}'::int8[]", Int.self)
                await refused("1::int8", [Int].self)
                await refused("'1 day'::interval", String.self)
                await refused("'{}'::jsonb", String.self)
                await refused("'\\x00'::bytea", UUID.self)
                let error = await postgresError {
                    _ = try await connection.query(PostgresStatement("two", "select 1, 2")).decode(Int.self)
                }
                #expect(error?.kind == .decoding)
            }
        }
    }

    @Test("the wrong number of parameters is refused")
    func parameterCount() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                let statement = PostgresStatement("two", "select $1::int8 + $2::int8")
                for parameters in [[], [1], [1, 2, 3]] as [[Int]] {
                    let error = await postgresError { _ = try await connection.query(statement, parameters) }
                    #expect(error?.kind == .encoding)
                }
                let sum = try await connection.query(statement, 1, 2).decode(Int.self)
                #expect(sum == [3])
            }
        }
    }
}
