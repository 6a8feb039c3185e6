import Foundation
import Kafka
import Kernel
import Logging
import Messages
import Messaging
import Postgres
import StrictJSON
import Toys

/// A service handles commands from Kafka: each changes a row, has a reply and publishes one event. Measured from the first handled commands
/// until all are handled and all their messages are acknowledged by Kafka.
struct ConsumeEffects: Benchmark {
    let name = "consume_effects_per_second"
    let unit = "messages/s"
    let summary = "commands from Kafka, each changing one row and publishing one event, until the last event is published"
    let baseline = "pgbench writing the same rows, one transaction a message, best of 1, 8 and 32 clients"
    let goal = Goal.ratioAtLeast(3)

    static let counters = 500

    func prepare(_ environment: BenchmarkEnvironment) async throws -> Database {
        try await environment.messagingDatabase("effects_baseline", tables: CounterService.table)
    }

    func measure(_ fixture: Database, on environment: BenchmarkEnvironment) async throws -> Double {
        let broker = try Broker(services: ["counter", "asker"], logger: environment.logger)
        let database = try await environment.messagingDatabase("effects", tables: CounterService.table)
        try await Commands.send(environment.size.commands, counters: Self.counters, to: broker, logger: environment.logger)
        let running = try broker.start(CounterService.registry, on: database)
        let rate = try await rate(environment.size.commands, database)
        try await running.stop()
        await database.close()
        await broker.close()
        return rate
    }

    /// The measurement starts when the first poll finds handled commands, because joining the group takes seconds.
    private func rate(_ commands: Int, _ database: Database) async throws -> Double {
        let limit = ContinuousClock.now + .seconds(180)
        var first: (at: ContinuousClock.Instant, done: Int64)?
        while ContinuousClock.now < limit {
            let done = try await database.number("select coalesce(sum(total), 0)::bigint from counter")
            if first == nil, done > 0 { first = (.now, done) }
            if done == Int64(commands), let first {
                try await Outbox.waitUntilEmpty(database, within: .seconds(60))
                return Double(Int64(commands) - first.done) / (ContinuousClock.now - first.at).seconds
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw BenchmarkError("not all commands were handled in time")
    }

    func measureBaseline(_ database: Database, on environment: BenchmarkEnvironment) async throws -> Double {
        var best = 0.0
        for clients in [1, 8, 32] {
            try await database.pool.withConnection { try await $0.script(EffectScript.reset(counters: Self.counters)) }
            let rate = try await environment.pgbench.transactionsPerSecond(
                EffectScript.transaction(counters: Self.counters), on: database, clients: clients, seconds: environment.size.seconds)
            Progress.report("\(name): pgbench with \(clients) clients: \(Figure.text(rate))")
            best = max(best, rate)
        }
        return best
    }

    func tearDown(_ database: Database) async { await database.close() }
}

/// Publishes commands like another service's relay.
enum Commands {
    static func send(_ count: Int, counters: Int, to broker: Broker, logger: Logger) async throws {
        let producer = try KafkaProducer(broker.kafka, logger: logger)
        let ids = UUIDv7Source()
        let now = Date()
        var sequences: [Int16: Int64] = [:]
        var records: [KafkaProducerRecord] = []
        for number in 0..<count {
            let key = "counter-\(number % counters)"
            let shard = Shard.of(key)
            sequences[shard, default: 0] += 1
            let headers = [
                KafkaHeader("ce_specversion", "1.0"), KafkaHeader("ce_id", ids.next(at: now).uuidString.lowercased()),
                KafkaHeader("ce_source", "asker"), KafkaHeader("ce_type", AddAmount.type.description),
                KafkaHeader("ce_time", WireTime.text(now)), KafkaHeader("content-type", "application/json"),
                KafkaHeader("ce_shard", String(shard)), KafkaHeader("ce_sequence", String(sequences[shard] ?? 0)),
                KafkaHeader("traceparent", SampleMessage.traceparent),
            ]
            records.append(
                KafkaProducerRecord(
                    topic: AddAmount.topic, partition: Shard.partition(of: shard, partitions: 8), key: Array(key.utf8),
                    value: try MessageBody.encode(AddAmount(counter: key, amount: 1)), headers: headers))
        }
        for result in await producer.send(records) { _ = try result.get() }
        await producer.close(deadline: .seconds(10))
    }
}
