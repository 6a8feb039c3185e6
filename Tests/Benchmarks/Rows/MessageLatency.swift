import Foundation
import Kernel
import Messaging
import Synchronization
import Toys

/// The latency of a caller's request: one service accepts it, another decides it, and the reply comes back, through two databases and
/// Kafka. Requests are sent at a constant rate and each is measured from its scheduled time, so that a stall counts for all delayed
/// requests.
struct MessageLatency: Benchmark {
    let name = "message_p99_ms"
    let unit = "ms"
    let summary = "from a request to its outcome, through both services and Kafka, at 200 requests a second, p99"
    let baseline = "pgbench -R 200, one row inserted and committed, p99"
    let goal = Goal.none

    private static let perSecond = 200
    private static let counters = 100

    struct Fixture: Sendable {
        let broker: Broker
        let counter: Database
        let asker: Database
        let bare: Database
        let counterService: Running<CounterRows>
        let askerService: Running<SeenRows>
    }

    func prepare(_ environment: BenchmarkEnvironment) async throws -> Fixture {
        let broker = try Broker(services: ["counter", "asker"], logger: environment.logger)
        let counter = try await environment.messagingDatabase("latency_counter", tables: CounterService.table)
        let asker = try await environment.messagingDatabase("latency_asker", tables: AskerService.table)
        let fixture = Fixture(
            broker: broker, counter: counter, asker: asker,
            bare: try await environment.database("latency_bare", tables: "create table promise (id bigint, body text)", connections: 1),
            counterService: try broker.start(CounterService.registry, on: counter),
            askerService: try broker.start(AskerService.registry, on: asker))
        // Replies take seconds until both services have joined their groups.
        let first = try await latencies(fixture, requests: Self.perSecond)
        Progress.report(
            "\(name): both services have joined their groups; the first requests took up to \(Figure.text(first.max() ?? 0)) ms")
        return fixture
    }

    func measure(_ fixture: Fixture, on environment: BenchmarkEnvironment) async throws -> Double {
        let all = try await latencies(fixture, requests: Self.perSecond * environment.size.latencySeconds)
        Progress.report("\(name): median \(Figure.text(Figure.median(all))), maximum \(Figure.text(all.max() ?? 0))")
        return Figure.percentile99(all)
    }

    private func latencies(_ fixture: Fixture, requests: Int) async throws -> [Double] {
        let run = UUID().uuidString
        let start = ContinuousClock.now
        return try await withThrowingTaskGroup(of: Double.self) { group in
            for number in 0..<requests {
                let due = start + .microseconds(number * 1_000_000 / Self.perSecond)
                try await Task.sleep(until: due, clock: .continuous)
                group.addTask { try await request("\(run)-\(number)", number, due, fixture) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func request(_ name: String, _ number: Int, _ due: ContinuousClock.Instant, _ fixture: Fixture) async throws -> Double {
        let requests = fixture.askerService.runtime.requests
        let key = "counter-\(number % Self.counters)"
        let caller = Requests.Caller(
            organisation: "bench", operation: "add", idempotencyKey: name, bodyHash: ContentHash(of: Array(name.utf8)), receivedAt: Date())
        let asked = try await requests.ask(AddAmount(counter: key, amount: 1), key: key, from: caller, within: .seconds(60))
        guard asked.reply?.outcome != nil else { throw BenchmarkError("a request was not answered") }
        return (ContinuousClock.now - due).seconds * 1000
    }

    func measureBaseline(_ fixture: Fixture, on environment: BenchmarkEnvironment) async throws -> Double {
        let script = "insert into promise (id, body) values (1, '{\"amount\":1,\"counter\":\"counter-1\"}');"
        let all = try await environment.pgbench.latencies(
            script, on: fixture.bare, clients: 8, perSecond: Self.perSecond, seconds: environment.size.latencySeconds)
        return Figure.percentile99(all)
    }

    func tearDown(_ fixture: Fixture) async {
        try? await fixture.askerService.stop()
        try? await fixture.counterService.stop()
        for database in [fixture.counter, fixture.asker, fixture.bare] { await database.close() }
        await fixture.broker.close()
    }
}
