import Foundation
import Kafka
import Kernel
import Messages
import Messaging
import Postgres
import Toys

/// From the outbox to Kafka's acknowledgement: many messages are committed to the outbox in one transaction, and the relay of an idle
/// service publishes them. The baseline sends the same records, prepared beforehand, through librdkafka.
struct RelayMessages: Benchmark {
    let name = "relay_messages_per_second"
    let unit = "messages/s"
    let summary = "an outbox of 300-byte events with 2,000 keys, from commit until the last acknowledgement is recorded"
    let baseline = "a plain librdkafka producer, the same records, acks=all, idempotent, lz4, linger 1 ms, same broker"
    let goal = Goal.ratioAtLeast(0.2)

    struct Fixture: Sendable {
        let broker: Broker
        let messages: [SampleMessage]
    }

    func prepare(_ environment: BenchmarkEnvironment) async throws -> Fixture {
        Fixture(
            broker: try Broker(services: ["counter"], logger: environment.logger),
            messages: SampleMessage.make(environment.size.relayMessages, keys: 2000))
    }

    func measure(_ fixture: Fixture, on environment: BenchmarkEnvironment) async throws -> Double {
        let database = try await environment.messagingDatabase("relay", tables: CounterService.table)
        let running = try fixture.broker.start(CounterService.registry, on: database)
        // A first message makes the relay acquire its leases and connect to the broker before the measurement.
        try await Outbox.fill(database, [SampleMessage.make(1, keys: 1)[0]])
        try await Outbox.waitUntilEmpty(database, within: .seconds(30))
        try await Outbox.fill(database, fixture.messages)
        let start = ContinuousClock.now
        try await Outbox.waitUntilEmpty(database, within: .seconds(120))
        let took = ContinuousClock.now - start
        try await running.stop()
        await database.close()
        return Double(fixture.messages.count) / took.seconds
    }

    func measureBaseline(_ fixture: Fixture, on environment: BenchmarkEnvironment) async throws -> Double {
        let records = BareRecords(fixture.messages, topic: Topic.events(of: "counter"), partitions: 8)
        return try BareProducer.messagesPerSecond(records, bootstrapServers: fixture.broker.kafka.bootstrapServers)
    }

    func tearDown(_ fixture: Fixture) async { await fixture.broker.close() }
}

/// An event like those of a service, with about 300 bytes of JSON.
struct SampleMessage: Sendable {
    let id: UUID
    let key: String
    let version: Int64
    let time: Date
    let body: [UInt8]

    static let type = "counter.amount-added.v1"
    static let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    static func make(_ count: Int, keys: Int) -> [SampleMessage] {
        let ids = UUIDv7Source()
        let now = Date()
        return (0..<count).map { number in
            let id = ids.next(at: now)
            let text = """
                {"amount":\(number * 37 % 100_003),"counter":"order-\(number % keys)","decidedBy":"\(id.uuidString)",\
                "note":"the voucher of the enterprise was redeemed against the contract, the invoice and the receipts of the \
                institution; the reservation is posted","programme":"shenzhen-2026","total":\(number)}
                """
            return SampleMessage(
                id: id, key: "order-\(number % keys)", version: Int64(number / keys + 1),
                time: now.addingTimeInterval(Double(number) / 1e4),
                body: Array(text.utf8))
        }
    }
}

/// Fills an outbox in one transaction, and waits until it is empty.
enum Outbox {
    static func fill(_ database: Database, _ messages: [SampleMessage]) async throws {
        // The sequence number in a shard continues from earlier messages.
        var numbers = try await lastNumbers(database)
        let columns = ["message_id", "topic", "shard", "sequence", "key", "version", "type", "occurred_at", "cause", "traceparent", "body"]
        let rows = messages.map { message -> [any PostgresEncodable] in
            let shard = Shard.of(message.key)
            numbers[shard, default: 0] += 1
            return [
                message.id, Topic.events(of: "counter"), shard, numbers[shard] ?? 0, message.key, message.version, SampleMessage.type,
                message.time, message.id, SampleMessage.traceparent, message.body,
            ]
        }
        try await database.pool.withTransaction("bench.fill") { connection in
            try await connection.copyIn("outbox", columns: columns, rows: rows)
            _ = try await connection.execute(
                advance, Array(numbers.keys), numbers.keys.map { numbers[$0] ?? 0 }, Topic.events(of: "counter"))
        }
    }

    private static let advance = PostgresStatement(
        "bench.advance",
        """
        insert into outbox_sequence as s (topic, shard, last) select $3, * from unnest($1::smallint[], $2::bigint[])
        on conflict (topic, shard) do update set last = excluded.last
        """)

    private static func lastNumbers(_ database: Database) async throws -> [Int16: Int64] {
        let statement = PostgresStatement("bench.last-numbers", "select shard, last from outbox_sequence where topic = $1")
        return try await database.pool.withConnection {
            Dictionary(uniqueKeysWithValues: try await $0.query(statement, Topic.events(of: "counter")).decode(Int16.self, Int64.self))
        }
    }

    /// Waits until all messages are recorded as published. Throws a `BenchmarkError` after `limit`.
    static func waitUntilEmpty(_ database: Database, within limit: Duration) async throws {
        let end = ContinuousClock.now + limit
        while try await hasUnpublished(database) {
            guard ContinuousClock.now < end else { throw BenchmarkError("timed out after \(limit) waiting for an empty outbox") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private static func hasUnpublished(_ database: Database) async throws -> Bool {
        let statement = PostgresStatement(
            "bench.has-unpublished",
            """
            select exists (select from outbox_sequence s left join outbox_progress p using (topic, shard)
                           where s.last > coalesce(p.published, 0))
            """)
        return try await database.pool.withConnection {
            try await $0.query(statement).first?.decode(column: 0, as: Bool.self) ?? false
        }
    }
}
