import Foundation
import Kafka
import Kernel
import Logging
import Messages
import Messaging
import Postgres
import Toys

/// A service takes commands from Kafka: each changes a row, is answered, and says one event. Counted from the first commands that
/// are done until all are done and all they said is acknowledged by Kafka.
struct ConsumeEffects: Benchmark {
    let name = "consume_effects_per_second"
    let unit = "messages/s"
    let summary = "commands from Kafka, each one row changed and one event out, until the last event is published"
    let baseline = "pgbench writing the same rows, one transaction a message, best of 1, 8 and 32 clients"
    let goal = Goal.ratioAtLeast(2)

    static let counters = 500

    func prepare(_ stage: Stage) async throws -> Database {
        try await stage.messagingDatabase("effects_baseline", tables: CounterService.table)
    }

    func measure(_ ground: Database, on stage: Stage) async throws -> Double {
        let broker = try Broker(services: ["counter", "asker"], logger: stage.logger)
        let database = try await stage.messagingDatabase("effects", tables: CounterService.table)
        try await Commands.send(stage.size.commands, counters: Self.counters, to: broker, logger: stage.logger)
        let running = try broker.start(CounterService.contents, on: database)
        let rate = try await rate(stage.size.commands, database)
        try await running.stop()
        await database.close()
        await broker.close()
        return rate
    }

    /// The first look that finds any done starts the clock: joining the group takes seconds and is no part of it.
    private func rate(_ commands: Int, _ database: Database) async throws -> Double {
        let limit = ContinuousClock.now + .seconds(180)
        var first: (at: ContinuousClock.Instant, done: Int64)?
        while ContinuousClock.now < limit {
            let done = try await database.number("select coalesce(sum(total), 0)::bigint from counter")
            if first == nil, done > 0 { first = (.now, done) }
            if done == Int64(commands), let first {
                try await Outbox.isEmpty(database, within: .seconds(60))
                return Double(Int64(commands) - first.done) / (ContinuousClock.now - first.at).seconds
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw BenchmarkError("not all commands were done in time")
    }

    func measureBaseline(_ database: Database, on stage: Stage) async throws -> Double {
        var best = 0.0
        for clients in [1, 8, 32] {
            try await database.pool.withConnection { try await $0.script(EffectScript.reset(counters: Self.counters)) }
            let rate = try await stage.pgbench.transactionsPerSecond(
                EffectScript.transaction(counters: Self.counters), on: database, clients: clients, seconds: stage.size.seconds)
            Progress.say("\(name): pgbench with \(clients) clients: \(Figure.text(rate))")
            best = max(best, rate)
        }
        return best
    }

    func clear(_ database: Database) async { await database.close() }
}

/// Puts commands on Kafka as another service's relay would.
enum Commands {
    static func send(_ count: Int, counters: Int, to broker: Broker, logger: Logger) async throws {
        let producer = try KafkaProducer(broker.kafka, logger: logger)
        let ids = UUIDv7Source()
        let now = Date()
        var sequences: [Int16: Int64] = [:]
        var records: [KafkaOutgoing] = []
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
                KafkaOutgoing(
                    topic: AddAmount.topic, partition: Shard.partition(of: shard, partitions: 8), key: Array(key.utf8),
                    value: try MessageBody.encode(AddAmount(counter: key, amount: 1)), headers: headers))
        }
        for result in await producer.send(records) { _ = try result.get() }
        await producer.close(deadline: .seconds(10))
    }
}
