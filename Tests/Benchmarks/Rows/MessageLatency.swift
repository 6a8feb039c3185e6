import Foundation
import Kernel
import Messaging
import Synchronization
import Toys

/// How long a caller waits for its answer: a request is promised by one service, decided by another, and its answer comes back,
/// through two databases and Kafka. Requests come at their moments whatever the earlier ones take, and each is measured from its
/// moment, so that a stall counts for all who had to wait.
struct MessageLatency: Benchmark {
    let name = "message_p99_ms"
    let unit = "ms"
    let summary = "from a request to its outcome, through both services and Kafka, at 200 requests a second, p99"
    let baseline = "pgbench -R 200, one row inserted and committed, p99"
    let goal = Goal.valueAtMost(20)

    private static let perSecond = 200
    private static let counters = 100

    struct Ground: Sendable {
        let broker: Broker
        let counter: Database
        let asker: Database
        let bare: Database
        let counterService: Running<CounterRows>
        let askerService: Running<SeenRows>
    }

    func prepare(_ stage: Stage) async throws -> Ground {
        let broker = try Broker(services: ["counter", "asker"], logger: stage.logger)
        let counter = try await stage.messagingDatabase("latency_counter", tables: CounterService.table)
        let asker = try await stage.messagingDatabase("latency_asker", tables: AskerService.table)
        let ground = Ground(
            broker: broker, counter: counter, asker: asker,
            bare: try await stage.database("latency_bare", tables: "create table promise (id bigint, body text)", connections: 1),
            counterService: try broker.start(CounterService.contents, on: counter),
            askerService: try broker.start(AskerService.contents, on: asker))
        // Until both have joined their groups answers take seconds.
        let joined = try await latencies(ground, requests: Self.perSecond)
        Progress.say("\(name): joined; the first requests took up to \(Figure.text(joined.max() ?? 0)) ms")
        return ground
    }

    func measure(_ ground: Ground, on stage: Stage) async throws -> Double {
        let all = try await latencies(ground, requests: Self.perSecond * stage.size.latencySeconds)
        Progress.say("\(name): median \(Figure.text(Figure.median(all))), greatest \(Figure.text(all.max() ?? 0))")
        return Figure.percentile99(all)
    }

    private func latencies(_ ground: Ground, requests: Int) async throws -> [Double] {
        let run = UUID().uuidString
        let start = ContinuousClock.now
        return try await withThrowingTaskGroup(of: Double.self) { group in
            for number in 0..<requests {
                let due = start + .microseconds(number * 1_000_000 / Self.perSecond)
                try await Task.sleep(until: due, clock: .continuous)
                group.addTask { try await request("\(run)-\(number)", number, due, ground) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func request(_ name: String, _ number: Int, _ due: ContinuousClock.Instant, _ ground: Ground) async throws -> Double {
        let requests = ground.askerService.runtime.requests
        let key = "counter-\(number % Self.counters)"
        let caller = Requests.Caller(
            organisation: "bench", operation: "add", idempotencyKey: name, bodyHash: ContentHash(of: Array(name.utf8)), receivedAt: Date())
        let asked = try await requests.ask(AddAmount(counter: key, amount: 1), key: key, from: caller, within: .seconds(60))
        guard asked.reply?.outcome != nil else { throw BenchmarkError("a request had no answer") }
        return (ContinuousClock.now - due).seconds * 1000
    }

    func measureBaseline(_ ground: Ground, on stage: Stage) async throws -> Double {
        let script = "insert into promise (id, body) values (1, '{\"amount\":1,\"counter\":\"counter-1\"}');"
        let all = try await stage.pgbench.latencies(
            script, on: ground.bare, clients: 8, perSecond: Self.perSecond, seconds: stage.size.latencySeconds)
        return Figure.percentile99(all)
    }

    func clear(_ ground: Ground) async {
        try? await ground.askerService.stop()
        try? await ground.counterService.stop()
        for database in [ground.counter, ground.asker, ground.bare] { await database.close() }
        await ground.broker.close()
    }
}
