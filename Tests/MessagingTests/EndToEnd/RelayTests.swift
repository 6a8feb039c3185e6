import Foundation
import Kafka
import Messages
import Postgres
import TestKit
import Testing

@testable import Messaging

@Suite("Relay")
struct RelayTests {
    /// Leases that end soon, so that a test need not wait long for the shards of a dead relay.
    private static let shortLeases: MessagingOptions = {
        var options = MessagingOptions.embeddedBroker
        (options.produceTimeout, options.relayLease) = (.seconds(2), .seconds(4))
        return options
    }()

    @Test("relays share the shards evenly, keep them while they run, and take over those of a dead relay when its lease has expired")
    func leases() async throws {
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter")
            let term = Duration.seconds(2)
            let (first, second) = (RelayLeases(holder: UUID(), pool: pool, term: term), RelayLeases(holder: UUID(), pool: pool, term: term))
            #expect(try await first.maintain() == 32)
            #expect(try await first.maintain() == 32)
            #expect(first.isOnlyHolder)
            #expect(try await second.maintain() == 0, "a valid lease is not taken over")
            #expect(try await first.maintain() == 16, "but given up down to a fair share")
            #expect(!first.isOnlyHolder)
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
                let relays = [
                    try await Relay.test(stage, pool, producer, options: Self.shortLeases),
                    try await Relay.test(stage, pool, producer, options: Self.shortLeases),
                ]
                let running = relays.map { relay in Task { try await relay.run() } }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (writer, plan) in plans.enumerated() {
                        group.addTask {
                            for keys in plan {
                                try await pool.write(keys.map { .event($0) })
                                // Some writers signal a relay, the others do not.
                                if writer < 4 { relays[writer % 2].signal() }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                // One relay dies without departing; its shards are still published.
                running[0].cancel()
                try await pool.write(keys.map { .event($0) })
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

    @Test("a relay that is stopped publishes everything first, and the next one repeats nothing")
    func cleanStop() async throws {
        var options = MessagingOptions.embeddedBroker
        options.relayLease = .seconds(60)
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter")
            let producer = try KafkaProducer(stage.kafka, logger: stage.logger)
            try await Wire.with(stage, reading: ["counter.events"]) { wire in
                let first = try await Relay.test(stage, pool, producer, options: options)
                let running = Task { try await first.run() }
                // Many batches.
                try await pool.write((0..<3000).map { _ in .event("k") })
                try await eventually("the first are received") { try !wire.versions(of: "k").isEmpty }
                running.cancel()
                _ = await running.result
                try await first.drain(deadline: .seconds(30))
                try await eventually("all are received") { try wire.versions(of: "k").count >= 3000 }
                let next = try await Relay.test(stage, pool, producer, options: options)
                let nextRunning = Task { try await next.run() }
                try await pool.write([.event("k")])
                // A repetition would come before it.
                try await eventually("the next one is received") { try wire.versions(of: "k").last == 3001 }
                #expect(try wire.versions(of: "k") == Array(1...3001))
                nextRunning.cancel()
                _ = await nextRunning.result
            }
            await producer.close(deadline: .seconds(2))
        }
    }

    @Test("after a rollback nothing is published, and the next message has the first number")
    func rolledBack() async throws {
        struct Stop: Error {}
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter")
            let producer = try KafkaProducer(stage.kafka, logger: stage.logger)
            try await Wire.with(stage, reading: ["counter.events"]) { wire in
                let relay = try await Relay.test(stage, pool, producer)
                let running = Task { try await relay.run() }
                await #expect(throws: Stop.self) {
                    try await pool.withTransaction("test.write") { connection in
                        try await OutboxWriter.write([.event("k")], on: connection)
                        throw Stop()
                    }
                }
                relay.signal()
                let kept = OutboxDraft.event("k")
                try await pool.write([kept])
                relay.signal()
                try await eventually("a message is received") { !wire.records("counter.events").isEmpty }
                let envelope = try EnvelopeHeaders.envelope(of: wire.records("counter.events")[0])
                #expect(envelope.id == kept.id && envelope.place?.sequence == 1 && envelope.version == 1)
                running.cancel()
                _ = await running.result
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
                let relay = try await Relay.test(stage, pool, producer, options: Self.shortLeases, health: health)
                let running = Task { try await relay.run() }
                try await pool.write([.event("big", bytes: 2 << 20), .event("small")])
                try await eventually("health reports it") { health.problems.keys.contains { $0.hasPrefix("relay-keys") } }
                try await pool.write([.event("big"), .event("small")])
                try await eventually("the other key continues") { try wire.versions(of: "small") == [1, 2] }
                try await pool.write([.event("small")])
                try await eventually("and on") { try wire.versions(of: "small") == [1, 2, 3] }
                #expect(try wire.versions(of: "big").isEmpty)
                #expect(health.problems.keys.contains { $0.hasPrefix("relay-keys") })
                // The row is fixed. The key continues after its pause, although more messages are written behind it.
                try await pool.withConnection { try await $0.script("update outbox set body = '{}' where key = 'big'") }
                var last: Int64 = 2
                try await eventually("the key continues in order") {
                    if try wire.versions(of: "big").isEmpty {
                        try await pool.write([.event("big")])
                        last += 1
                    }
                    return try wire.versions(of: "big") == Array(1...last)
                }
                try await eventually("health is clear") { health.problems.isEmpty }
                running.cancel()
                _ = await running.result
            }
            await producer.close(deadline: .seconds(2))
        }
    }
}
