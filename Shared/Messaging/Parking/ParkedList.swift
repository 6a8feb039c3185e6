import Foundation
import Kafka
import Kernel
import Messages
import Postgres

/// Lists and shows parked messages for operators.
enum ParkedList {
    private static let rowsAtMost = 500
    private static let bodyBytesAtMost = 64 << 10

    /// The rows after `request.after`.
    static func list(_ request: ListParked, on connection: PostgresConnection) async throws -> ListParked.Answer {
        let limit = Int64(min(max(request.rowsAtMost, 1), rowsAtMost))
        let answers = try await connection.pipeline([PostgresStep(list, [request.after, limit]), PostgresStep(count, [])])
        return ListParked.Answer(rows: try rows(answers[0]), total: try answers[1].decode(Int64.self).first ?? 0)
    }

    private static func rows(_ found: PostgresRows) throws -> [ListParked.Row] {
        try found.decode(
            Int64.self, String.self, [UInt8].self, Bool.self, String.self, String.self, Int32.self, Date.self, Int64.self, Int64.self
        ).map { row in
            ListParked.Row(
                parkedID: row.0, topic: row.1, key: shown(row.2), isHead: row.3, reason: row.4,
                explanation: row.5, attempts: Int(row.6), parkedAt: row.7, refused: row.8 > 0 ? row.8 : nil,
                dropped: row.9 > 0 ? row.9 : nil)
        }
    }

    /// One row with its headers and body. Throws a `Refusal` under QUAN-07 if it does not exist.
    static func show(_ request: ShowParked, on connection: PostgresConnection) async throws -> ShowParked.Answer {
        // The list query returns rows after a number; row numbers start at 1.
        guard request.parkedID > 0 else {
            throw PlatformRule.unknownReference.refusal().comparing("parked_id", request.parkedID, .count)
        }
        let rows = try await connection.query(list, request.parkedID - 1, Int64(1))
        let wholes = try await connection.query(whole, request.parkedID).decode(Int32.self, Int64.self, PostgresJSON.self, [UInt8]?.self)
        guard let row = try self.rows(rows).first, row.parkedID == request.parkedID, let found = wholes.first else {
            throw PlatformRule.unknownReference.refusal().comparing("parked_id", request.parkedID, .count)
        }
        var headers: [String: String] = [:]
        for header in try found.2.decode(StoredHeaders.self).kafkaHeaders.withoutToken {
            headers[header.name] = header.value.map(shown) ?? ""
        }
        return ShowParked.Answer(
            row: row, partition: found.0, offset: found.1, headers: headers,
            body: found.3.map { shown($0.prefix(bodyBytesAtMost)) }, bodyBytes: Int64(found.3?.count ?? 0))
    }

    /// Bytes as text, with U+FFFD for invalid UTF-8 and for NUL, which no message may contain.
    private static func shown(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self).replacing("\u{0}", with: "\u{FFFD}")
    }

    private static let list = PostgresStatement(
        "parked.list",
        """
        select p.id, p.topic, coalesce(p.raw_key, ''), p.is_head, p.reason, p.explanation, p.attempts, p.recorded_at,
               case when p.is_head then k.refused else 0 end, case when p.is_head then k.dropped else 0 end
        from parked p join parked_key k on k.topic = p.topic and k.key_digest = p.key_digest
        where p.id > $1 order by p.id limit $2
        """)
    private static let count = PostgresStatement("parked.count", "select count(*) from parked")
    private static let whole = PostgresStatement(
        "parked.whole", "select partition, record_offset, headers, body from parked where id = $1")
}
