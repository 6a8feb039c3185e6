import Foundation
import Kafka
import Kernel
import Messages
import Messaging
import Postgres
import Toys

/// From the outbox to Kafka's acknowledgement: a filled outbox becomes visible at once, and the relay of an idle service empties it.
/// Beside it the same records, made beforehand, go through librdkafka as fast as it takes them.
struct RelayMessages: Benchmark {
    let name = "relay_messages_per_second"
    let unit = "messages/s"
    let summary = "a full outbox of 300-byte events over 2,000 keys, from commit to the last acknowledgement noted"
    let baseline = "a bare librdkafka producer, the same records, acks=all, idempotent, lz4, linger 1 ms, same broker"
    let goal = Goal.ratioAtLeast(0.2)

    struct Ground: Sendable {
        let broker: Broker
        let messages: [SampleMessage]
    }

    func prepare(_ stage: Stage) async throws -> Ground {
        Ground(
            broker: try Broker(services: ["counter"], logger: stage.logger),
            messages: SampleMessage.make(stage.size.relayMessages, keys: 2000))
    }

    func measure(_ ground: Ground, on stage: Stage) async throws -> Double {
        let database = try await stage.messagingDatabase("relay", tables: CounterService.table)
        let running = try ground.broker.start(CounterService.contents, on: database)
        // The relay must have its leases and its connections to the broker: one message goes first.
        try await Outbox.fill(database, [SampleMessage.make(1, keys: 1)[0]])
        try await Outbox.isEmpty(database, within: .seconds(30))
        try await Outbox.fill(database, ground.messages)
        let start = ContinuousClock.now
        try await Outbox.isEmpty(database, within: .seconds(120))
        let took = ContinuousClock.now - start
        try await running.stop()
        await database.close()
        return Double(ground.messages.count) / took.seconds
    }

    func measureBaseline(_ ground: Ground, on stage: Stage) async throws -> Double {
        let records = BareRecords(ground.messages, topic: Topic.events(of: "counter"), partitions: 8)
        return try BareProducer.messagesPerSecond(records, bootstrapServers: ground.broker.kafka.bootstrapServers)
    }

    func clear(_ ground: Ground) async { await ground.broker.close() }
}

/// A message like those of a service: an event of one of some keys, with about 300 bytes of JSON.
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

/// The outbox from outside: filled all at once, as a great batch fills it.
enum Outbox {
    static func fill(_ database: Database, _ messages: [SampleMessage]) async throws {
        // The number of each in its topic's shard follows from how many of it came before, in this filling and in earlier ones.
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

    /// Waits until all is published and noted as published.
    static func isEmpty(_ database: Database, within limit: Duration) async throws {
        let end = ContinuousClock.now + limit
        while try await isWaiting(database) {
            guard ContinuousClock.now < end else { throw BenchmarkError("the outbox was not empty after \(limit)") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private static func isWaiting(_ database: Database) async throws -> Bool {
        let statement = PostgresStatement(
            "bench.is-waiting",
            """
            select exists (select from outbox_sequence s left join outbox_progress p using (topic, shard)
                           where s.last > coalesce(p.published, 0))
            """)
        return try await database.pool.withConnection {
            try await $0.query(statement).first?.decode(column: 0, as: Bool.self) ?? false
        }
    }
}
