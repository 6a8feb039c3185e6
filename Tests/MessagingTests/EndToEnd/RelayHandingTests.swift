import Foundation
import Kafka
import Messages
import Postgres
import TestKit
import Testing

@testable import Messaging

@Suite("Hand-over from writers to the relay")
struct RelayHandingTests {
    private static let key = "k"
    private static let lock = PostgresStatement("test.lock", "lock table relay_lease in access exclusive mode")

    private static func draft(delay: Duration? = nil) -> OutboxDraft {
        OutboxDraft(
            id: UUID(), topic: "counter.events", key: key, type: MessageType("counter", "amount-added"), isVersioned: true, time: Date(),
            body: Array("{}".utf8), delay: delay)
    }

    private static func numbers(_ wire: Wire) throws -> [Int64?] {
        try wire.records("counter.events").map(EnvelopeHeaders.envelope).map { $0.place?.sequence }
    }

    private static func waiting(_ pool: PostgresPool) async throws -> Int64 {
        let waiting = PostgresStatement("test.waiting", "select count(*) from outbox_waiting")
        return try await pool.withConnection { try await $0.query(waiting).decode(Int64.self)[0] }
    }

    /// Runs `body` with a relay that has published message 1 and does not poll.
    private static func beside(
        relayPause pause: Duration = .seconds(60), _ body: (MessagingFixture, PostgresPool, Relay, Wire) async throws -> Void
    ) async throws {
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter")
            let producer = try KafkaProducer(stage.kafka, logger: stage.logger)
            var options = MessagingOptions.embeddedBroker
            options.relayLease = .seconds(60)
            (options.relaySingleInstancePause, options.relayIdlePause) = (pause, .milliseconds(50))
            let leases = RelayLeases(holder: UUID(), pool: pool, term: options.relayLease)
            let relay = Relay(
                service: "counter", pool: pool, producer: producer, leases: leases, topics: try await .shown(to: producer),
                options: options, health: MessagingHealth(), counters: MessagingMetrics(service: "counter"), faults: nil,
                logger: stage.logger)
            try await Wire.with(stage, reading: ["counter.events"]) { wire in
                let running = Task { try await relay.run() }
                try await eventually("it holds the shards") {
                    leases.tenure.shards(beyond: .zero) == .all && leases.company.isSingleInstance
                }
                relay.signal(try await OutboxWriting.committed([draft()], on: pool).shards)
                try await eventually("the first was claimed") { try numbers(wire) == [1] }
                try await eventually("and its progress is recorded") { try await waiting(pool) == 0 }
                try await body(stage, pool, relay, wire)
                running.cancel()
                _ = await running.result
            }
            await producer.close(deadline: .seconds(2))
        }
    }

    @Test("handed-over messages are published without a claim, in order and once, and progress is recorded")
    func handed() async throws {
        try await Self.beside { _, pool, relay, wire in
            try await pool.withTransaction("test.stall") { connection in
                _ = try await connection.execute(Self.lock)
                // Nothing can be claimed now.
                for _ in 0..<2 { relay.hand([try await OutboxWriting.committed([Self.draft(), Self.draft()], on: pool)]) }
                try await eventually("both have gone out") { try Self.numbers(wire) == [1, 2, 3, 4, 5] }
                try await eventually("and were noted") { try await Self.waiting(pool) == 0 }
            }
            relay.signal()
            try await Task.sleep(for: .milliseconds(300))
            #expect(try Self.numbers(wire) == [1, 2, 3, 4, 5])
        }
    }

    @Test("a message that was not handed over is published before its successors")
    func gap() async throws {
        try await Self.beside { _, pool, relay, wire in
            _ = try await OutboxWriting.committed([Self.draft()], on: pool)
            relay.hand([try await OutboxWriting.committed([Self.draft()], on: pool)])
            try await eventually("both have gone out") { try Self.numbers(wire) == [1, 2, 3] }
        }
    }

    @Test("messages handed over behind a deferred message are published after it")
    func putOff() async throws {
        try await Self.beside(relayPause: .milliseconds(100)) { _, pool, relay, wire in
            relay.hand([try await OutboxWriting.committed([Self.draft(delay: .seconds(2))], on: pool)])
            relay.hand([try await OutboxWriting.committed([Self.draft()], on: pool)])
            relay.hand([try await OutboxWriting.committed([Self.draft()], on: pool)])
            try await Task.sleep(for: .milliseconds(500))
            #expect(try Self.numbers(wire) == [1])
            try await eventually("all have gone out") { try Self.numbers(wire) == [1, 2, 3, 4] }
            try await eventually("and were noted") { try await Self.waiting(pool) == 0 }
            relay.hand([try await OutboxWriting.committed([Self.draft()], on: pool)])
            try await eventually("the next message is published too") { try Self.numbers(wire) == [1, 2, 3, 4, 5] }
        }
    }

    @Test("after a rollback there is nothing to hand over")
    func rolledBack() async throws {
        try await Self.beside { _, pool, relay, wire in
            struct Stop: Error {}
            let writing = OutboxWriting(drafts: [Self.draft()])
            await #expect(throws: Stop.self) {
                try await pool.withTransaction("test.write") { connection in
                    if let step = OutboxWriter.step(writing: writing.drafts) { try connection.enqueue(step, into: writing.answer) }
                    throw Stop()
                }
            }
            #expect(writing.written == nil)
            relay.hand([writing])
            relay.hand([try await OutboxWriting.committed([Self.draft()], on: pool)])
            try await eventually("the next one has its number") { try Self.numbers(wire) == [1, 2] }
        }
    }
}
