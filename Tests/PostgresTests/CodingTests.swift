import Foundation
import Postgres
import Testing

@Suite("Binary encoding of values")
struct CodingTests {
    /// Sends each value as the SQL type and compares the value that is read back.
    private func roundTrip<T: PostgresEncodable & PostgresDecodable & Equatable>(_ values: [T], as type: String) async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                let statement = PostgresStatement("echo.\(type)", "select $1::\(type)")
                for value in values {
                    let back = try await connection.query(statement, value).decode(T.self)
                    #expect(back == [value], "as \(type)")
                }
            }
        }
    }

    @Test("integers survive a round trip at every width")
    func integers() async throws {
        try await roundTrip([Int64.min, -1, 0, 1, .max], as: "int8")
        try await roundTrip([Int.min, .max], as: "int8")
        try await roundTrip([Int32.min, 0, .max], as: "int4")
        try await roundTrip([Int16.min, 0, .max], as: "int2")
        try await roundTrip([0, Int(UInt32.max)], as: "oid")
    }

    @Test("texts, bytes, booleans, UUIDs and floating-point numbers survive a round trip")
    func scalars() async throws {
        try await roundTrip(["", "券", "a'b\"c\\d", String(repeating: "x", count: 100_000)], as: "text")
        try await roundTrip([Data(), Data([0, 255, 1])], as: "bytea")
        try await roundTrip([[UInt8](), [0, 255, 1]], as: "bytea")
        try await roundTrip([true, false], as: "bool")
        try await roundTrip([UUID(), UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))], as: "uuid")
        try await roundTrip([0.1, -Double.infinity, .greatestFiniteMagnitude], as: "float8")
    }

    @Test(
        "numerics survive a round trip exactly",
        arguments: [
            "0", "1", "-1", "12.34", "-0.0001", "0.00000000000000000001", "9999", "10000", "123456789012345678901234567890.12345678",
            "99999999999999999999999999999999999999", "1e30", "1e-30", "100000000", "0.5", "12345.6789",
        ])
    func numerics(_ text: String) async throws {
        let value = try #require(Decimal(string: text))
        try await withPool { pool in
            try await pool.withConnection { connection in
                // Compared with the server's parsing of the text too, because wrong encoding and wrong decoding could cancel out.
                let statement = PostgresStatement("numeric", "select $1::numeric, $1::numeric = '\(text)'::numeric, '\(text)'::numeric")
                let rows = try await connection.query(statement, value).decode(Decimal.self, Bool.self, Decimal.self)
                #expect(rows.first?.0 == value)
                #expect(rows.first?.1 == true)
                #expect(rows.first?.2 == value)
            }
        }
    }

    @Test("instants keep their microsecond, before and after 2000")
    func instants() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                let statement = PostgresStatement("instant", "select $1::timestamptz::text, $1::timestamptz")
                _ = try await connection.script("set time zone 'UTC'")
                let cases = [
                    (1_777_777_777.123456, "2026-05-03 03:09:37.123456+00"), (0, "1970-01-01 00:00:00+00"),
                    (-1.000001, "1969-12-31 23:59:58.999999+00"),
                ]
                for (seconds, text) in cases {
                    let rows = try await connection.query(statement, Date(timeIntervalSince1970: seconds)).decode(String.self, Date.self)
                    #expect(rows.first?.0 == text)
                    let back = try #require(rows.first?.1.timeIntervalSince1970)
                    #expect((back * 1_000_000).rounded() == (seconds * 1_000_000).rounded())
                }
            }
        }
    }

    @Test("dates from year -100 to 2400, and each day from 1995 to 2030, equal the server's")
    func dates() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                let days = PostgresStatement(
                    "days",
                    """
                    select d::date, extract(year from d)::int + case when extract(year from d) < 0 then 1 else 0 end, extract(month from d)::int, extract(day from d)::int
                    from (
                        select generate_series('0101-01-01 BC'::timestamp, '2400-12-31', '17 days')
                        union all select generate_series('1995-01-01'::timestamp, '2030-12-31', '1 day')
                    ) as days(d)
                    """)
                let rows = try await connection.query(days).decode(PostgresDate.self, Int.self, Int.self, Int.self)
                #expect(rows.count > 60_000)
                #expect(rows.allSatisfy { $0.0 == PostgresDate(year: $0.1, month: $0.2, day: $0.3) })
                let echo = PostgresStatement("date.echo", "select d from unnest($1::date[]) with ordinality as t(d, n) order by n")
                let some = rows.map(\.0).enumerated().filter { $0.offset % 97 == 0 }.map(\.element)
                #expect(try await connection.query(echo, some).decode(PostgresDate.self) == some)
            }
        }
    }

    @Test("JSON is sent as bytes or as a Codable value, to json and jsonb")
    func json() async throws {
        struct Paper: Codable, Equatable { var name: String, fen: Int64 }
        let paper = Paper(name: "发票", fen: 12)
        try await withPool { pool in
            try await pool.withConnection { connection in
                let statement = PostgresStatement("json", "select $1::jsonb, $2::json, ($1::jsonb ->> 'fen')::bigint")
                let value = try PostgresJSON(encoding: paper)
                let rows = try await connection.query(statement, value, value).decode(PostgresJSON.self, PostgresJSON.self, Int64.self)
                let row = try #require(rows.first)
                #expect(try row.0.decode(Paper.self) == paper)
                #expect(row.1 == value)
                #expect(row.2 == 12)
            }
        }
    }

    @Test("arrays survive a round trip: empty, with nulls, of every element type")
    func arrays() async throws {
        try await roundTrip([[Int64](), [1, -2, 3]], as: "int8[]")
        try await roundTrip([[Int64?](), [1, nil, 3], [nil]], as: "int8[]")
        try await roundTrip([["", "a,b", "{\"x\"}"]], as: "text[]")
        try await roundTrip([[String?.some("a"), nil]], as: "text[]")
        try await roundTrip([[UUID(), UUID()]], as: "uuid[]")
        try await roundTrip([[[UInt8]](), [[], [0, 1], [255]]], as: "bytea[]")
        try await roundTrip([[Data([7])]], as: "bytea[]")
        try await roundTrip([[true, false]], as: "bool[]")
        try await roundTrip([[Decimal(string: "1.5")!, 2]], as: "numeric[]")
        try await roundTrip([[PostgresJSON(bytes: Array("{}".utf8))]], as: "jsonb[]")
        try await roundTrip([[Date(timeIntervalSinceReferenceDate: 1)]], as: "timestamptz[]")
        try await roundTrip([[Int32(1), 2]], as: "int4[]")
    }

    @Test("null is decoded as nil, and only by an Optional")
    func nulls() async throws {
        try await roundTrip([String?.none, "x"], as: "text")
        try await roundTrip([Int64?.none, 1], as: "int8")
        try await roundTrip([UUID?.none], as: "uuid")
        try await withPool { pool in
            let error = await postgresError {
                try await pool.withConnection { connection in
                    _ = try await connection.query(PostgresStatement("null", "select null::int8 as amount")).decode(Int64.self)
                }
            }
            #expect(error?.kind == .decoding)
            #expect(error?.column == "amount")
            #expect(error?.statement == "null")
        }
    }

    @Test("an enum and a type with a raw value are sent as the raw value")
    func rawValues() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                try await connection.script("create type status as enum ('open', 'closed')")
                let statement = PostgresStatement("status", "select $1::status, $2::bigint")
                let rows = try await connection.query(statement, Status.closed, Amount(rawValue: 7)).decode(Status.self, Amount.self)
                #expect(rows.first?.0 == .closed)
                #expect(rows.first?.1 == Amount(rawValue: 7))
                let unknown = await postgresError {
                    _ = try await connection.query(PostgresStatement("text", "select 'unknown'::text")).decode(Status.self)
                }
                #expect(unknown?.kind == .decoding)
            }
        }
    }

    private enum Status: String, PostgresEncodable, PostgresDecodable { case open, closed }
    private struct Amount: RawRepresentable, Equatable, PostgresEncodable, PostgresDecodable { var rawValue: Int64 }
}
