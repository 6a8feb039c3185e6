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

@Suite("Relay")
struct RelayTests {
    private static func draft(_ key: String, bytes: Int = 2) -> OutboxDraft {
        OutboxDraft(
            id: UUID(), topic: "counter.events", key: key, type: MessageType("counter", "amount-added"), isVersioned: true, time: Date(),
            body: Array(repeating: UInt8(ascii: " "), count: bytes))
    }

    private static func relay(
        _ stage: MessagingFixture, _ pool: PostgresPool, _ producer: KafkaProducer, health: MessagingHealth = MessagingHealth(),
        gathering: Duration = .zero
    ) async throws -> Relay {
        var options = MessagingOptions.embeddedBroker
        options.outboxLinger = gathering
        if gathering > .zero { (options.relaySingleInstancePause, options.relayIdlePause) = (.seconds(60), .seconds(60)) }
        options.produceTimeout = .seconds(2)
        options.relayLease = .seconds(4)
        return try await Relay(
            service: "counter", pool: pool, producer: producer, leases: RelayLeases(holder: UUID(), pool: pool, term: options.relayLease),
            topics: .shown(to: producer), options: options, health: health, counters: MessagingMetrics(service: "counter"), faults: nil,
            logger: stage.logger)
    }

    @Test("relays share the shards evenly, keep them while they run, and take over those of a dead relay when its lease has expired")
    func leases() async throws {
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter")
            let term = Duration.seconds(2)
            let (first, second) = (RelayLeases(holder: UUID(), pool: pool, term: term), RelayLeases(holder: UUID(), pool: pool, term: term))
            #expect(try await first.maintain() == 32)
            #expect(try await second.maintain() == 0, "a valid lease is not taken over")
            #expect(try await first.maintain() == 16, "but given up down to a fair share")
            #expect(try await second.maintain() == 16)
            #expect(try await first.maintain() == 16)
            let third = RelayLeases(holder: UUID(), pool: pool, term: term)
            _ = try await third.maintain()
            for leases in [first, second, third] { _ = try await leases.maintain() }
            #expect(try await third.maintain() == 10)
            // The first two die; their shards become free when the leases expire.
            try await eventually("the third has all", within: .seconds(30)) { try await third.maintain() == 32 }
            // A relay that departs frees its shards at once.
            #expect(try await first.maintain() == 0)
            try await third.depart()
            #expect(try await first.maintain() == 32)
        }
    }

    @Test(
        "a key's records are published in version order, each at least once, without gaps, whoever writes and whichever relay runs"
    )
    func order() async throws {
        var random = Seeded()
        let keys = (0..<6).map { "k\($0)" }
        let plans = (0..<6).map { _ in
            (0..<15).map { _ in (0..<Int.random(in: 1...5, using: &random)).map { _ in keys.randomElement(using: &random) ?? "k0" } }
        }
        let expected = plans.joined().joined().reduce(into: [String: Int64]()) { $0[$1, default: 0] += 1 }
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter")
            let producer = try KafkaProducer(stage.kafka, options: KafkaProducerOptions(messageTimeout: .seconds(2)), logger: stage.logger)
            try await Wire.with(stage, reading: ["counter.events"]) { wire in
                let relays = [try await Self.relay(stage, pool, producer), try await Self.relay(stage, pool, producer)]
                let running = relays.map { relay in Task { try await relay.run() } }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (writer, plan) in plans.enumerated() {
                        group.addTask {
                            for keys in plan {
                                let writing = try await OutboxWriting.committed(keys.map { Self.draft($0) }, on: pool)
                                // Some writers hand over to a relay, the others do not.
                                if writer < 4 { relays[writer % 2].hand([writing]) }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                // One relay dies without departing; its shards are still published.
                running[0].cancel()
                _ = try await pool.withTransaction("test") { try await OutboxWriter.write(keys.map { Self.draft($0) }, on: $0) }
                func versions() throws -> [String: [Int64]] {
                    try wire.records("counter.events").map(EnvelopeHeaders.envelope).reduce(into: [:]) { versions, envelope in
                        // A repetition is harmless; a new version must be the next one.
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
        "while events linger an answer is published at once, and a stopping relay publishes everything",
        arguments: [false, true])
    func gathering(isHanded: Bool) async throws {
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter")
            let producer = try KafkaProducer(stage.kafka, options: KafkaProducerOptions(messageTimeout: .seconds(2)), logger: stage.logger)
            let relay = try await Self.relay(stage, pool, producer, gathering: .seconds(60))
            try await Wire.with(stage, reading: ["counter.events", Topic.replies]) { wire in
                let running = Task { try await relay.run() }
                func publish(_ drafts: [OutboxDraft]) async throws {
                    let writing = try await OutboxWriting.committed(drafts, on: pool)
                    if isHanded { relay.hand([writing]) } else { relay.signal(writing.shards) }
                }
                try await eventually("it holds the shards") {
                    let held = PostgresStatement("test.held", "select count(*) from relay_lease where holder is not null")
                    let count = try await pool.withConnection { try await $0.query(held).decode(Int64.self)[0] }
                    return count == Int64(Shard.count)
                }
                try await publish([Self.draft("a")])
                try await eventually("after an idle period an event is published at once") { wire.records("counter.events").count == 1 }
                let answer = OutboxDraft(
                    id: UUID(), topic: Topic.replies, key: "a", type: Outcome.type, isVersioned: false, time: Date(), body: Array("{}".utf8)
                )
                try await publish([Self.draft("a"), answer])
                try await eventually("the answer is published") { wire.records(Topic.replies).count == 1 }
                #expect(wire.records("counter.events").count == 1, "events linger")
                running.cancel()
                _ = await running.result
                try await relay.drain(deadline: .seconds(10))
                try await eventually("all have left") { wire.records("counter.events").count == 2 }
                #expect(try wire.records("counter.events").map(EnvelopeHeaders.envelope).map(\.version) == [1, 2])
            }
            await producer.close(deadline: .seconds(2))
        }
    }

    @Test("a record that Kafka rejects permanently blocks only its own key, including later messages, and health reports it")
    func lasting() async throws {
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter")
            let producer = try KafkaProducer(
                stage.kafka, options: KafkaProducerOptions(messageTimeout: .seconds(2), maximumRecordBytes: 1 << 20), logger: stage.logger)
            let health = MessagingHealth()
            try await Wire.with(stage, reading: ["counter.events"]) { wire in
                let relay = try await Self.relay(stage, pool, producer, health: health)
                let running = Task { try await relay.run() }
                func write(_ drafts: [OutboxDraft]) async throws {
                    _ = try await pool.withTransaction("test") { try await OutboxWriter.write(drafts, on: $0) }
                }
                try await write([Self.draft("big", bytes: 2 << 20), Self.draft("small")])
                try await eventually("health reports it") { health.problems.keys.contains { $0.hasPrefix("relay-keys") } }
                try await write([Self.draft("big"), Self.draft("small")])
                func received(_ key: String) throws -> [Int64] {
                    try wire.records("counter.events").map(EnvelopeHeaders.envelope).filter { $0.key == key }.compactMap(\.version)
                }
                try await eventually("the other key continues") { try received("small") == [1, 2] }
                try await write([Self.draft("small")])
                try await eventually("and on") { try received("small") == [1, 2, 3] }
                #expect(try received("big").isEmpty)
                #expect(health.problems.keys.contains { $0.hasPrefix("relay-keys") })
                // The row is fixed. The key continues after its pause, although more messages are written behind it.
                try await pool.withConnection { try await $0.script("update outbox set body = '{}' where key = 'big'") }
                var last: Int64 = 2
                try await eventually("the key continues in order") {
                    if try received("big").isEmpty {
                        try await write([Self.draft("big")])
                        last += 1
                    }
                    return try received("big") == Array(1...last)
                }
                try await eventually("health is clear") { health.problems.isEmpty }
                running.cancel()
                _ = await running.result
            }
            await producer.close(deadline: .seconds(2))
        }
    }
}

@Suite("Deferred messages")
struct DelayTests {
    private static func draft(_ key: String, delay: Duration? = nil) -> OutboxDraft {
        OutboxDraft(
            id: UUID(), topic: "counter.events", key: key, type: MessageType("counter", "amount-added"), isVersioned: true, time: Date(),
            body: Array("{}".utf8), delay: delay)
    }

    @Test("a deferred message is published after its delay, later messages of its key after it, and other keys are not delayed")
    func delay() async throws {
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter")
            let producer = try KafkaProducer(stage.kafka, options: KafkaProducerOptions(messageTimeout: .seconds(2)), logger: stage.logger)
            try await Wire.with(stage, reading: ["counter.events"]) { wire in
                let relay = Relay(
                    service: "counter", pool: pool, producer: producer,
                    leases: RelayLeases(holder: UUID(), pool: pool, term: .seconds(12)), topics: try await .shown(to: producer),
                    options: .embeddedBroker, health: MessagingHealth(), counters: MessagingMetrics(service: "counter"), faults: nil,
                    logger: stage.logger)
                let running = Task { try await relay.run() }
                func write(_ drafts: [OutboxDraft]) async throws {
                    try await pool.withTransaction("test") { try await OutboxWriter.write(drafts, on: $0) }
                }
                func received(_ key: String) throws -> [Int64] {
                    try wire.records("counter.events").map(EnvelopeHeaders.envelope).filter { $0.key == key }.compactMap(\.version)
                }
                let other = try #require((0...).lazy.map { "other-\($0)" }.first { Shard.of($0) == Shard.of("late") })
                let begin = ContinuousClock.now
                try await write([Self.draft("late", delay: .seconds(3)), Self.draft(other)])
                try await write([Self.draft("late"), Self.draft(other)])
                try await eventually("another key of the shard continues") { try received(other) == [1, 2] }
                if ContinuousClock.now - begin < .seconds(2) { #expect(try received("late").isEmpty, "it was not deferred") }
                try await eventually("it is published, and then its successor") { try received("late") == [1, 2] }
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
    @Test("only old published messages are deleted; answered commands after a longer retention")
    func forgets() async throws {
        try await MessagingFixture.with(services: ["counter"]) { stage in
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
                    insert into outbox_deferred (shard, position) select 0, position from outbox where key = 'old-aside';
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
