import Foundation
import Messages
import Messaging
import Postgres
import TestKit

/// The messages that a subscriber has received, in order.
struct RecordedMessageRows: UnitOfWork {
    static let table =
        "create table recorded_message (id bigint generated always as identity, type text not null, key text not null, body jsonb not null)"

    private var recorded: [(type: String, key: String, body: [UInt8])] = []

    mutating func add(_ message: some Message, key: String) throws {
        recorded.append((type(of: message).type.description, key, try MessageBody.encode(message)))
    }

    mutating func load(_ connection: PostgresConnection) async throws {}

    func writes() -> [PostgresStep] {
        guard !recorded.isEmpty else { return [] }
        return [
            PostgresStep(
                PostgresStatement(
                    "recorded.write",
                    "insert into recorded_message (type, key, body) select * from unnest($1::text[], $2::text[], $3::jsonb[])"),
                recorded.map(\.type), recorded.map(\.key), recorded.map { PostgresJSON(bytes: $0.body) })
        ]
    }
}

/// Records every message of a type.
struct MessageRecorder<M: Message>: Handler {
    func requestRows(for input: M, in rows: inout RecordedMessageRows) {}

    func handle(_ input: M, context: HandlingContext, rows: inout RecordedMessageRows, output: inout HandlerOutput) throws {
        try rows.add(input, key: context.envelope.key)
    }
}

extension RunningService<RecordedMessageRows> {
    /// The recorded messages of a type with a key.
    func recordedMessages<M: Message>(_ type: M.Type, key: String) async throws -> [M] {
        try await pool.withConnection { connection in
            try await connection.query(
                PostgresStatement("recorded.read", "select body from recorded_message where type = $1 and key = $2 order by id"),
                M.type.description, key
            ).decode(PostgresJSON.self).map { try MessageBody.decode(M.self, from: $0.bytes) }
        }
    }
}
