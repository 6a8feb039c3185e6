import Foundation
import Kafka
import Messages
import Postgres
import TestKit
import Testing

@testable import Messaging

@Suite("Relay fencing")
struct RelayFenceTests {
    private static let key = "k"
    private static let lock = PostgresStatement("test.lock", "select from outbox_progress where shard = $1 for update")
    private static let hand = PostgresStatement("test.hand-over", "update relay_lease set holder = $1 where shard = $2")

    private static func number(_ pool: PostgresPool, _ sql: String) async throws -> Int64 {
        try await pool.withConnection { try await $0.query(PostgresStatement(sql, sql)).first?.decode(column: 0, as: Int64.self) ?? 0 }
    }

    private static func waitUntilBlocked(_ relays: Int64, _ pool: PostgresPool) async throws {
        try await eventually("\(relays) relays wait to record their progress") {
            try await number(
                pool, "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") >= relays
        }
    }

    @Test("a relay that stalls between batches and loses its shard can only repeat records; it changes no order and publishes nothing new")
    func stallsBetweenBatches() async throws {
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter")
            let producers = try (0..<2).map { _ in try KafkaProducer(stage.kafka, logger: stage.logger) }
            try await Wire.with(stage, reading: ["counter.events"]) { wire in
                try await pool.write([.event(Self.key)])
                _ = try await Self.number(
                    pool,
                    """
                    with p as (insert into outbox_progress select shard, topic, 0 from outbox_sequence returning 1) select count(*) from p
                    """)
                let (lateWork, heirWork) = try await pool.withTransaction("test.stall") { connection in
                    _ = try await connection.query(Self.lock, Shard.of(Self.key))
                    let late = try await Relay.test(stage, pool, producers[0])
                    let lateWork = Task { try await late.run() }
                    try await eventually("the first record is received") { wire.records("counter.events").count == 1 }
                    try await Self.waitUntilBlocked(1, pool)
                    try await pool.write((0..<3).map { _ in .event(Self.key) })
                    let heir = UUID()
                    _ = try await pool.withConnection { try await $0.execute(Self.hand, heir, Shard.of(Self.key)) }
                    let next = try await Relay.test(stage, pool, producers[1], holder: heir)
                    let heirWork = Task { try await next.run() }
                    try await Self.waitUntilBlocked(2, pool)
                    return (lateWork, heirWork)
                }
                try await eventually("nothing waits") { try await Self.number(pool, "select count(*) from outbox_waiting") == 0 }
                try await eventually("every number is received") { try Self.received(wire).keys.sorted() == [1, 2, 3, 4] }

                let envelopes = try wire.records("counter.events").map { try EnvelopeHeaders.envelope(of: $0) }
                var versions: [Int64] = []
                for version in envelopes.compactMap(\.version) where !versions.contains(version) { versions.append(version) }
                #expect(versions == [1, 2, 3, 4])
                #expect(envelopes.filter { $0.version == 1 }.count == 2, "the next holder did not repeat the unrecorded record")
                #expect(envelopes.count == 5, "the relay that lost the shard continued to publish")
                lateWork.cancel()
                heirWork.cancel()
                _ = (await lateWork.result, await heirWork.result)
            }
            for producer in producers { await producer.close(deadline: .seconds(3)) }
        }
    }

    /// The message id of each sequence number. Two ids for one number are an error.
    private static func received(_ wire: Wire) throws -> [Int64: UUID] {
        var received: [Int64: UUID] = [:]
        for record in wire.records("counter.events") {
            let envelope = try EnvelopeHeaders.envelope(of: record)
            let place = try #require(envelope.place)
            #expect(received[place.sequence] == nil || received[place.sequence] == envelope.id, "one number, two messages")
            received[place.sequence] = envelope.id
        }
        return received
    }
}
