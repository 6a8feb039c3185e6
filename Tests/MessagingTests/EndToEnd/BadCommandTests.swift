import Foundation
import Kafka
import Kernel
import Messages
import Postgres
import TestKit
import Testing
import Toys

@testable import Messaging

/// A command that is wrong in one way, and the rule it is refused under.
struct BadCommand: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let rule: PlatformRule
    let record: @Sendable (_ id: UUID) -> KafkaProducerRecord

    private init(_ what: String, _ rule: PlatformRule, _ record: @escaping @Sendable (UUID) -> KafkaProducerRecord) {
        (testDescription, self.rule, self.record) = (what, rule, record)
    }

    private static let good = Array(#"{"counter":"bad","amount":1}"#.utf8)

    private static func body(_ what: String, _ rule: PlatformRule, _ body: [UInt8]?) -> BadCommand {
        BadCommand(what, rule) { Wire.record(key: Array("bad".utf8), value: body, headers: Records.commandHeaders(id: $0)) }
    }

    private static func headers(
        _ what: String, _ rule: PlatformRule, _ change: @escaping @Sendable ([KafkaHeader]) -> [KafkaHeader]
    ) -> BadCommand {
        BadCommand(what, rule) { Wire.record(key: Array("bad".utf8), value: good, headers: change(Records.commandHeaders(id: $0))) }
    }

    private static func key(_ what: String, _ key: [UInt8]?) -> BadCommand {
        BadCommand(what, .keyTooLong) { Wire.record(key: key, value: good, headers: Records.commandHeaders(id: $0)) }
    }

    static let all = [
        body("a truncated body", .malformedMessage, Array(good.dropLast(5))),
        body("a body that is no JSON", .malformedMessage, Array("hello".utf8)),
        body("a body that is not UTF-8", .malformedMessage, [0x7b, 0xff, 0xfe, 0x7d]), body("a null payload", .malformedMessage, nil),
        body("an empty body", .malformedMessage, []), body("a missing field", .malformedMessage, Array(#"{"counter":"bad"}"#.utf8)),
        body("a body over 1 MiB", .messageTooLarge, Array(repeating: 0x20, count: (1 << 20) + 1)),
        headers("an unknown type", .unknownMessageType) { $0.with("ce_type", "counter.explode.v1") },
        headers("a command of another service", .unknownMessageType) { $0.with("ce_type", "ordering.add-amount.v1") },
        headers("an event among the commands", .unknownMessageType) { $0.with("ce_type", "counter.amount-added.v1") },
        headers("a version that is not known", .unsupportedVersion) { $0.with("ce_type", "counter.add-amount.v2") },
        headers("a key version", .headerMissingOrRepeated) { $0.with("ce_keyversion", "1") },
        headers("no time", .headerMissingOrRepeated) { $0.without("ce_time") },
        headers("no source", .headerMissingOrRepeated) { $0.without("ce_source") },
        headers("no specversion", .headerMissingOrRepeated) { $0.without("ce_specversion") },
        headers("a repeated source", .headerMissingOrRepeated) { $0 + [KafkaHeader("ce_source", "other")] },
        headers("an invalid time", .headerMissingOrRepeated) { $0.with("ce_time", "2026-02-30T00:00:00Z") },
        headers("a header that is not UTF-8", .headerMissingOrRepeated) { $0.with("ce_source", [0xff]) },
        headers("a header without a value", .headerMissingOrRepeated) { $0.with("ce_source", nil as [UInt8]?) },
        headers("a sequence number that would overflow", .headerMissingOrRepeated) {
            $0.with("ce_shard", "0").with("ce_sequence", String(Int64.max))
        },
        headers("a time too far in the past", .commandOutsideTimeWindow) { $0.with("ce_time", "2019-05-09T00:00:00Z") },
        headers("a time in the future", .commandOutsideTimeWindow) { $0.with("ce_time", "9999-05-09T00:00:00Z") },
        key("a key of 10 kB", Array(repeating: 0x6b, count: 10_240)), key("no key", nil), key("a key that is not UTF-8", [0xff, 0x00]),
    ]
}

@Suite("Bad commands")
struct BadCommandTests {
    @Test("every invalid command with a readable id is refused once under its rule, in the answer, the inbox and the audit trail")
    func refused() async throws {
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let counter = try stage.start(CounterService.registry, on: try await stage.database("counter", tables: CounterService.table))
            try await Wire.with(stage) { wire in
                let ids = BadCommand.all.map { ($0, UUID()) }
                for (bad, id) in ids { try await wire.send([bad.record(id), bad.record(id)]) }
                // Later valid commands of the same key are still handled.
                let good = try await wire.command(AddAmount(counter: "bad", amount: 1), key: "bad")
                #expect(try await wire.answer(to: good).refusal == nil)
                for (bad, id) in ids {
                    let refusal = try #require(try await wire.answer(to: id).refusal, "\(bad.testDescription)")
                    #expect(refusal.clauses == [bad.rule.id], "\(bad.testDescription): \(refusal.message.en)")
                    let audited = try await counter.number(
                        "select count(*) from audit where message_id = '\(id)' and outcome = 'refused' and refusal->'clauses' = '[\"\(bad.rule.id)\"]'"
                    )
                    #expect(audited == 1, "\(bad.testDescription)")
                    #expect(
                        try await counter.number("select count(*) from inbox_command where id = '\(id)'") == 1, "\(bad.testDescription)")
                }
                try await eventually("all is published") { try await counter.hasPublishedAll() }
                #expect(try await counter.number("select total from counter where name = 'bad'") == 1)
                #expect(try await counter.parked().isEmpty)
                #expect(try await counter.number("select count(*) from outbox where topic = 'counter.events'") == 1)
            }
        }
    }

    @Test(
        "a command without a readable id is parked with reason, explanation and notice; other keys continue; a redelivery changes nothing"
    )
    func parked() async throws {
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter", tables: CounterService.table)
            let counter = try stage.start(CounterService.registry, on: pool)
            try await Wire.with(stage, reading: [Topic.replies, "counter.parked"]) { wire in
                let good = Array(#"{"counter":"k","amount":1}"#.utf8)
                let headers = Records.commandHeaders()
                let bad: [(key: String, reason: String, headers: [KafkaHeader])] = [
                    ("b1", "missing-header", headers.without("ce_id")), ("b2", "malformed-header", headers.with("ce_id", "no-uuid")),
                    ("b3", "repeated-header", headers + [KafkaHeader("ce_id", UUID().uuidString)]),
                    ("b4", "malformed-header", headers.with("ce_type", "nonsense")), ("b5", "missing-header", []),
                ]
                for (key, _, headers) in bad { try await wire.send(key: key, value: good, headers: headers) }
                let id = try await wire.command(AddAmount(counter: "k", amount: 1))
                #expect(try await wire.answer(to: id).refusal == nil)
                try await eventually("all are parked") { try await counter.parked().count == bad.count }
                let rows = try await counter.parked()
                #expect(rows.map(\.reason).sorted() == bad.map(\.reason).sorted())
                #expect(rows.allSatisfy { $0.isHead && !$0.explanation.isEmpty })

                try await eventually("the notices are received") { wire.messageCount("counter.parked") == bad.count }
                let notices = try wire.records("counter.parked").map { try MessageBody.decode(MessageParked.self, from: $0.value) }
                #expect(Set(notices.map(\.parkedID)) == Set(rows.map(\.id)))
                #expect(notices.allSatisfy { notice in rows.contains { $0.id == notice.parkedID && $0.reason == notice.reason } })

                // A service that dies before its offsets are stored receives the records again.
                let redelivered = wire.messageCount("counter.parked")
                try await counter.stop()
                let reader = Reader(registry: CounterService.registry, bounds: CommandTimeBounds())
                let processor = BatchProcessor(
                    registry: CounterService.registry, store: InboxStore(reader: reader),
                    parking: Parking(service: "counter", rowsPerKeyAtMost: 10),
                    ids: UUIDv7Source(), faults: nil)
                let again = try #require(try await Self.storedRecord(of: pool))
                let effect = try await pool.withTransaction("again") { try await processor.process([reader.read(again)], on: $0) }
                #expect(effect.parked == 0 && !effect.hasMessages)
                #expect(try await counter.parked() == rows)
                #expect(wire.messageCount("counter.parked") == redelivered)
            }
        }
    }

    /// The first parked record, as Kafka would deliver it again.
    private static func storedRecord(of pool: PostgresPool) async throws -> KafkaRecord? {
        let statement = PostgresStatement(
            "test.stored", "select topic, partition, record_offset, raw_key, body, headers, record_time from parked order by id limit 1")
        return try await pool.withConnection { connection in
            try await connection.query(statement, [])
                .decode(String.self, Int32.self, Int64.self, [UInt8].self, [UInt8].self, PostgresJSON.self, Date.self).first
                .map { row in
                    KafkaRecord(
                        topic: row.0, partition: row.1, offset: row.2, key: row.3, value: row.4,
                        headers: try row.5.decode(StoredHeaders.self).kafkaHeaders, timestamp: row.6)
                }
        }
    }
}
