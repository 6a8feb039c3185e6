import Foundation
import Kafka
import Messages
import Postgres
import TestKit
import Testing

@testable import Messaging

@Suite("Records from outbox rows")
struct RelayReadingTests {
    private static let holder = UUID()

    private static func claimed(_ pool: PostgresPool) async throws -> [RelayRow] {
        let hold = PostgresStatement("test.hold", "update relay_lease set holder = $1, expires_at = 'infinity'")
        let step = PostgresStep(RelayStatements.claim, [holder, Int64(0), Int64(50), Int64(1 << 20), String?.none, Int16(1), Int16(0)])
        return try await pool.withConnection { connection in
            _ = try await connection.execute(hold, holder)
            return try RelayRow.rows(try await connection.pipeline([step])[0], source: "counter").sorted { $0.position < $1.position }
        }
    }

    @Test("a record has the row's key and body and the same headers as `EnvelopeHeaders` writes")
    func headers() async throws {
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter")
            let trace = TraceContext(traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
            let cause = UUID()
            let drafts = [
                OutboxDraft(
                    id: UUID(), topic: "counter.events", key: "某企业", type: MessageType("counter", "amount-added"), isVersioned: true,
                    time: Date(timeIntervalSince1970: 1_780_000_000.000_001), cause: cause, trace: trace, body: Array("{\"a\":1}".utf8)),
                OutboxDraft(
                    id: UUID(), topic: "ordering.commands", key: "k", type: MessageType("ordering", "place-order"), isVersioned: false,
                    time: Date(timeIntervalSince1970: -1), trace: trace, token: String(repeating: "t", count: 3000), body: []),
                OutboxDraft(
                    id: UUID(), topic: "counter.events", key: "l", type: MessageType("counter", "amount-added"), isVersioned: true,
                    time: Date(timeIntervalSince1970: 0), body: [UInt8](repeating: 7, count: 100_000)),
            ]
            try await pool.write(drafts)
            let rows = try await Self.claimed(pool)
            #expect(rows.count == drafts.count)
            for (draft, row) in zip(drafts, rows) {
                let envelope = Envelope(
                    id: draft.id, source: "counter", type: draft.type, time: draft.time, key: draft.key,
                    version: draft.isVersioned ? 1 : nil, place: SequencePlace(shard: draft.shard, sequence: row.sequence),
                    cause: draft.cause, trace: draft.trace, token: draft.token)
                let record = row.record(partitions: 8)
                #expect(record.topic == draft.topic && record.partition == Shard.partition(of: draft.shard, partitions: 8))
                #expect(record.key == Array(draft.key.utf8) && record.value == draft.body)
                #expect(record.headers == EnvelopeHeaders.headers(of: envelope))
                #expect(row.key == RelayKey(topic: draft.topic, key: draft.key))
            }
        }
    }

    @Test("a row without a body is an error that names the statement")
    func noBody() async throws {
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter")
            let statement = PostgresStatement(
                "test.no-body",
                """
                select 0::smallint, 1::bigint, false, 1::bigint, gen_random_uuid(), 't', 'k', null::bigint, 't.x.v1', now(), null::uuid,
                       null::text, null::text, null::bytea, null::timestamptz, false
                """)
            let rows = try await pool.withConnection { try await $0.query(statement) }
            let error = #expect(throws: PostgresError.self) { try RelayRow.rows(rows, source: "counter") }
            #expect(error?.statement == "test.no-body")
        }
    }
}
