import Foundation
import Messages
import Messaging
import Postgres
import TestKit

/// What a service heard, in order.
struct HeardRows: WorkingRows {
    static let table =
        "create table heard (id bigint generated always as identity, type text not null, key text not null, body jsonb not null)"

    private var heard: [(type: String, key: String, body: [UInt8])] = []

    mutating func add(_ message: some Message, key: String) throws {
        heard.append((type(of: message).type.description, key, try MessageBody.encode(message)))
    }

    mutating func load(_ connection: PostgresConnection) async throws {}

    func writes() -> [PostgresStep] {
        guard !heard.isEmpty else { return [] }
        return [
            PostgresStep(
                PostgresStatement(
                    "heard.write", "insert into heard (type, key, body) select * from unnest($1::text[], $2::text[], $3::jsonb[])"),
                heard.map(\.type), heard.map(\.key), heard.map { PostgresJSON(bytes: $0.body) })
        ]
    }
}

/// Writes down what comes.
struct Hears<M: Message>: Handler {
    func wants(_ input: M, in rows: inout HeardRows) {}

    func handle(_ input: M, context: HandlingContext, rows: inout HeardRows, say: inout Said) throws {
        try rows.add(input, key: context.envelope.key)
    }
}

extension RunningService<HeardRows> {
    /// What was heard of a type under a key.
    func heard<M: Message>(_ type: M.Type, key: String) async throws -> [M] {
        try await pool.withConnection { connection in
            try await connection.query(
                PostgresStatement("heard.read", "select body from heard where type = $1 and key = $2 order by id"), M.type.description, key
            ).decode(PostgresJSON.self).map { try MessageBody.decode(M.self, from: $0.bytes) }
        }
    }
}
