import Foundation
import Kafka
import Kernel
import Messages
import Metrics
import Postgres
import TestKit
import Testing
import Toys

@testable import Messaging

@Suite("The relay")
struct RelayTests {
    private static func draft(_ key: String, bytes: Int = 2) -> OutboxDraft {
        OutboxDraft(
            id: UUID(), topic: "counter.events", key: key, type: MessageType("counter", "amount-added"), isVersioned: true, time: Date(),
            body: Array(repeating: UInt8(ascii: " "), count: bytes))
    }

    private static func relay(
        _ stage: MessagingStage, _ pool: PostgresPool, _ producer: KafkaProducer, health: MessagingHealth = MessagingHealth(),
        gathering: Duration = .zero
    ) async throws -> Relay {
        var options = MessagingOptions.embeddedBroker
        options.gathering = gathering
        if gathering > .zero { (options.relayAlonePause, options.relayIdlePause) = (.seconds(60), .seconds(60)) }
        options.produceTimeout = .seconds(2)
        options.relayLease = .seconds(4)
        return try await Relay(
            service: "counter", pool: pool, producer: producer, leases: RelayLeases(holder: UUID(), pool: pool, term: options.relayLease),
            topics: .shown(to: producer), options: options, health: health, counters: MessagingMetrics(service: "counter"), faults: nil,
            logger: stage.logger)
    }

    @Test("relays share the shards evenly, keep them while they live, and get those of one that died when its lease has ended")
    func leases() async throws {
        try await MessagingStage.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter")
            let term = Duration.seconds(2)
            let (first, second) = (RelayLeases(holder: UUID(), pool: pool, term: term), RelayLeases(holder: UUID(), pool: pool, term: term))
            #expect(try await first.maintain() == 32)
            #expect(try await second.maintain() == 0, "what is held is not taken")
            #expect(try await first.maintain() == 16, "but let go, down to a fair share")
            #expect(try await second.maintain() == 16)
            #expect(try await first.maintain() == 16)
            let third = RelayLeases(holder: UUID(), pool: pool, term: term)
            _ = try await third.maintain()
            for leases in [first, second, third] { _ = try await leases.maintain() }
            #expect(try await third.maintain() == 10)
            // The first two die. Nobody else takes part, so nothing but time frees what they held.
            try await eventually("the third has all", within: .seconds(30)) { try await third.maintain() == 32 }
            // One that leaves in order makes nobody wait.
            #expect(try await first.maintain() == 0)
            try await third.depart()
            #expect(try await first.maintain() == 32)
        }
    }

    @Test(
        "whoever writes and whichever relay lives, a key's records leave in the order of its versions, each at least once, numbered without holes"
    )
    func order() async throws {
        var random = Seeded()
        let keys = (0..<6).map { "k\($0)" }
        let plans = (0..<6).map { _ in
            (0..<15).map { _ in (0..<Int.random(in: 1...5, using: &random)).map { _ in keys.randomElement(using: &random) ?? "k0" } }
        }
        let expected = plans.joined().joined().reduce(into: [String: Int64]()) { $0[$1, default: 0] += 1 }
        try await MessagingStage.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter")
            let producer = try KafkaProducer(stage.kafka, options: KafkaProducerOptions(messageTimeout: .seconds(2)), logger: stage.logger)
            try await Wire.with(stage, hearing: ["counter.events"]) { wire in
                let relays = [try await Self.relay(stage, pool, producer), try await Self.relay(stage, pool, producer)]
                let running = relays.map { relay in Task { try await relay.run() } }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (writer, plan) in plans.enumerated() {
                        group.addTask {
                            for keys in plan {
                                let writing = try await OutboxWriting.committed(keys.map { Self.draft($0) }, on: pool)
                                // Some write where a relay runs, the others elsewhere.
                                if writer < 4 { relays[writer % 2].hand([writing]) }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                // One dies without leaving; what it held goes out all the same.
                running[0].cancel()
                _ = try await pool.withTransaction("test") { try await OutboxWriter.write(keys.map { Self.draft($0) }, on: $0) }
                func versions() throws -> [String: [Int64]] {
                    try wire.records("counter.events").map(EnvelopeHeaders.envelope).reduce(into: [:]) { versions, envelope in
                        // A repetition is harmless; something new must be the next.
                        if let version = envelope.version, !(versions[envelope.key] ?? []).contains(version) {
                            versions[envelope.key, default: []].append(version)
                        }
                    }
                }
                try await eventually("all have left, seed \(random.seed)") {
                    try versions().allSatisfy { key, seen in seen.count == (expected[key] ?? 0) + 1 } && versions().count == keys.count
                }
                for (key, seen) in try versions() { #expect(seen == Array(1...(expected[key] ?? 0) + 1), "\(key), seed \(random.seed)") }
                let places = try wire.records("counter.events").map(EnvelopeHeaders.envelope)
                for (shard, envelopes) in Dictionary(grouping: places, by: { $0.place?.shard }) {
                    let numbers = Set(envelopes.compactMap { $0.place?.sequence })
                    #expect(numbers == Set(1...Int64(numbers.count)), "shard \(shard ?? -1), seed \(random.seed)")
                }
                running[1].cancel()
                for task in running { _ = await task.result }
            }
            await producer.close(deadline: .seconds(2))
        }
    }

    @Test(
        "while events are gathered an answer goes out at once, and a relay that stops leaves nothing behind",
        arguments: [false, true])
    func gathering(isHanded: Bool) async throws {
        try await MessagingStage.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter")
            let producer = try KafkaProducer(stage.kafka, options: KafkaProducerOptions(messageTimeout: .seconds(2)), logger: stage.logger)
            let relay = try await Self.relay(stage, pool, producer, gathering: .seconds(60))
            try await Wire.with(stage, hearing: ["counter.events", Topic.replies]) { wire in
                let running = Task { try await relay.run() }
                func say(_ drafts: [OutboxDraft]) async throws {
                    let writing = try await OutboxWriting.committed(drafts, on: pool)
                    if isHanded { relay.hand([writing]) } else { relay.ring(writing.shards) }
                }
                try await eventually("it holds the shards") {
                    let held = PostgresStatement("test.held", "select count(*) from relay_lease where holder is not null")
                    let count = try await pool.withConnection { try await $0.query(held).decode(Int64.self)[0] }
                    return count == Int64(Shard.count)
                }
                try await say([Self.draft("a")])
                try await eventually("after a silence an event goes out at once") { wire.records("counter.events").count == 1 }
                let answer = OutboxDraft(
                    id: UUID(), topic: Topic.replies, key: "a", type: Outcome.type, isVersioned: false, time: Date(), body: Array("{}".utf8)
                )
                try await say([Self.draft("a"), answer])
                try await eventually("the answer goes out") { wire.records(Topic.replies).count == 1 }
                #expect(wire.records("counter.events").count == 1, "what nobody waits for is gathered")
                running.cancel()
                _ = await running.result
                try await relay.drain(deadline: .seconds(10))
                try await eventually("all have left") { wire.records("counter.events").count == 2 }
                #expect(try wire.records("counter.events").map(EnvelopeHeaders.envelope).map(\.version) == [1, 2])
            }
            await producer.close(deadline: .seconds(2))
        }
    }

    @Test("a record that Kafka will never take stops its own key only, also what is written behind it later, and health says so")
    func lasting() async throws {
        try await MessagingStage.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter")
            let producer = try KafkaProducer(
                stage.kafka, options: KafkaProducerOptions(messageTimeout: .seconds(2), maximumRecordBytes: 1 << 20), logger: stage.logger)
            let health = MessagingHealth()
            try await Wire.with(stage, hearing: ["counter.events"]) { wire in
                let relay = try await Self.relay(stage, pool, producer, health: health)
                let running = Task { try await relay.run() }
                func write(_ drafts: [OutboxDraft]) async throws {
                    _ = try await pool.withTransaction("test") { try await OutboxWriter.write(drafts, on: $0) }
                }
                try await write([Self.draft("big", bytes: 2 << 20), Self.draft("small")])
                try await eventually("health says so") { health.problems.keys.contains { $0.hasPrefix("relay-keys") } }
                try await write([Self.draft("big"), Self.draft("small")])
                func heard(_ key: String) throws -> [Int64] {
                    try wire.records("counter.events").map(EnvelopeHeaders.envelope).filter { $0.key == key }.compactMap(\.version)
                }
                try await eventually("the other key goes on") { try heard("small") == [1, 2] }
                try await write([Self.draft("small")])
                try await eventually("and on") { try heard("small") == [1, 2, 3] }
                #expect(try heard("big").isEmpty)
                #expect(health.problems.keys.contains { $0.hasPrefix("relay-keys") })
                // Somebody mends it. The key goes on when its pause is over, although more is written behind it all the time.
                try await pool.withConnection { try await $0.script("update outbox set body = '{}' where key = 'big'") }
                var last: Int64 = 2
                try await eventually("the key goes on in order") {
                    if try heard("big").isEmpty {
                        try await write([Self.draft("big")])
                        last += 1
                    }
                    return try heard("big") == Array(1...last)
                }
                try await eventually("health is clear") { health.problems.isEmpty }
                running.cancel()
                _ = await running.result
            }
            await producer.close(deadline: .seconds(2))
        }
    }
}

@Suite("Messages that stay a while")
struct DelayTests {
    private static func draft(_ key: String, delay: Duration? = nil) -> OutboxDraft {
        OutboxDraft(
            id: UUID(), topic: "counter.events", key: key, type: MessageType("counter", "amount-added"), isVersioned: true, time: Date(),
            body: Array("{}".utf8), delay: delay)
    }

    @Test("a message with a delay leaves when that is over, what is said under its key meanwhile leaves behind it, and others do not wait")
    func delay() async throws {
        try await MessagingStage.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter")
            let producer = try KafkaProducer(stage.kafka, options: KafkaProducerOptions(messageTimeout: .seconds(2)), logger: stage.logger)
            try await Wire.with(stage, hearing: ["counter.events"]) { wire in
                let relay = Relay(
                    service: "counter", pool: pool, producer: producer,
                    leases: RelayLeases(holder: UUID(), pool: pool, term: .seconds(12)), topics: try await .shown(to: producer),
                    options: .embeddedBroker, health: MessagingHealth(), counters: MessagingMetrics(service: "counter"), faults: nil,
                    logger: stage.logger)
                let running = Task { try await relay.run() }
                func write(_ drafts: [OutboxDraft]) async throws {
                    try await pool.withTransaction("test") { try await OutboxWriter.write(drafts, on: $0) }
                }
                func heard(_ key: String) throws -> [Int64] {
                    try wire.records("counter.events").map(EnvelopeHeaders.envelope).filter { $0.key == key }.compactMap(\.version)
                }
                let other = try #require((0...).lazy.map { "other-\($0)" }.first { Shard.of($0) == Shard.of("late") })
                let begin = ContinuousClock.now
                try await write([Self.draft("late", delay: .seconds(3)), Self.draft(other)])
                try await write([Self.draft("late"), Self.draft(other)])
                try await eventually("another key of the shard goes on") { try heard(other) == [1, 2] }
                if ContinuousClock.now - begin < .seconds(2) { #expect(try heard("late").isEmpty, "it did not stay") }
                try await eventually("it leaves, and what is behind it") { try heard("late") == [1, 2] }
                #expect(ContinuousClock.now - begin >= .seconds(3))
                running.cancel()
                _ = await running.result
            }
            await producer.close(deadline: .seconds(2))
        }
    }
}

@Suite("Housekeeping")
struct HousekeepingTests {
    @Test("only what is old and published is forgotten; answered commands only when they are older still")
    func forgets() async throws {
        try await MessagingStage.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter")
            var options = MessagingOptions.embeddedBroker
            options.outboxRetention = .seconds(3600)
            options.inboxRetention = .seconds(7200)
            try await pool.withConnection { connection in
                try await connection.script(
                    """
                    insert into outbox (message_id, topic, shard, sequence, key, type, occurred_at, body, recorded_at)
                    select gen_random_uuid(), 't', 0, n, k, 't.x.v1', now(), '', now() - age::interval
                    from (values (1, 'old', '2 hours'), (2, 'old-aside', '2 hours'), (3, 'young', '30 minutes'),
                                 (4, 'old-waiting', '2 hours')) as v(n, k, age);
                    insert into outbox_sequence (topic, shard, last) values ('t', 0, 4);
                    insert into outbox_progress (topic, shard, published) values ('t', 0, 3);
                    insert into outbox_aside (shard, position) select 0, position from outbox where key = 'old-aside';
                    insert into inbox_command (id, outcome, recorded_at)
                    values (gen_random_uuid(), 'old', now() - interval '3 hours'), (gen_random_uuid(), 'young', now() - interval '90 minutes');
                    """)
            }
            let housekeeping = Housekeeping(
                pool: pool, options: options, counters: MessagingMetrics(service: "counter"), logger: stage.logger)
            for _ in 0..<2 { try await housekeeping.round() }
            let left = try await pool.withConnection { connection in
                (
                    try await connection.query(PostgresStatement("test.keys", "select key from outbox order by position"), []).map {
                        try $0.decode(column: 0, as: String.self)
                    },
                    try await connection.query(PostgresStatement("test.commands", "select outcome from inbox_command"), []).map {
                        String(decoding: try $0.decode(column: 0, as: [UInt8].self), as: UTF8.self)
                    }
                )
            }
            #expect(left.0 == ["old-aside", "young", "old-waiting"])
            #expect(left.1 == ["young"])
        }
    }
}
