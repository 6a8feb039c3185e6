import Foundation
import Kernel
import TestKit

/// The latency of an order through a running installation with a durable database: portal, Kafka, ordering and back, while identity checks
/// the credit and the timer records the deadline. Orders are sent at a constant rate and each is measured from its scheduled time.
struct OrderReply: Benchmark {
    let name = "order_reply_p99_ms"
    let unit = "ms"
    let summary = "POST of an order until its final answer, at 200 a second through the portal of a running installation, p99"
    let baseline = "pgbench -R 200, one row inserted and committed, p99"
    let goal = Goal.valueAtMost(30)

    private static let perSecond = 200
    private static let connections = 64
    private static let enterprises = 40
    private static let products = 20

    struct Fixture: Sendable {
        let platform: PlatformProcess
        let portal: Int
        let tokens: [String]
        let products: [String]
        let bare: Database
    }

    func prepare(_ environment: BenchmarkEnvironment) async throws -> Fixture {
        let platform = try await PlatformProcess.start(isDurable: true)
        do {
            let bare = try await environment.database("reply_bare", tables: "create table promise (id bigint, body text)", connections: 1)
            let portal = try platform.port(of: "portal")
            let participants = try await Self.onThread {
                try OrderParticipants.register(
                    portal: portal, signIn: platform.record.signIn, enterprises: Self.enterprises, products: Self.products)
            }
            let fixture = Fixture(
                platform: platform, portal: portal, tokens: participants.tokens, products: participants.products, bare: bare)
            _ = try await latencies(fixture, orders: Self.perSecond)
            return fixture
        } catch {
            await platform.stop()
            throw error
        }
    }

    func measure(_ fixture: Fixture, on environment: BenchmarkEnvironment) async throws -> Double {
        let all = try await latencies(fixture, orders: Self.perSecond * environment.size.latencySeconds)
        Progress.report("\(name): median \(Figure.text(Figure.median(all))), maximum \(Figure.text(all.max() ?? 0))")
        return Figure.percentile99(all)
    }

    /// The orders are distributed over the connections, so that each order has 0.32 s; a later answer delays the next order, which counts.
    private func latencies(_ fixture: Fixture, orders: Int) async throws -> [Double] {
        let run = UUID().uuidString
        let start = ContinuousClock.now + .milliseconds(100)
        return try await withThrowingTaskGroup(of: [Double].self) { group in
            for connection in 0..<Self.connections {
                group.addTask {
                    try await Self.onThread {
                        let http = HTTPConnection(port: fixture.portal)
                        return try stride(from: connection, to: orders, by: Self.connections).map { number in
                            let due = start + .microseconds(number * 1_000_000 / Self.perSecond)
                            let early = (due - ContinuousClock.now).seconds
                            if early > 0 { Thread.sleep(forTimeInterval: early) }
                            try OrderParticipants.place(
                                fixture.products[number % Self.products], token: fixture.tokens[number % Self.enterprises],
                                key: "\(run)-\(number)", on: http)
                            return (ContinuousClock.now - due).seconds * 1000
                        }
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    private static func onThread<R: Sendable>(_ work: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
        }
    }

    func measureBaseline(_ fixture: Fixture, on environment: BenchmarkEnvironment) async throws -> Double {
        let script = "insert into promise (id, body) values (1, '{\"amount\":1,\"counter\":\"counter-1\"}');"
        let all = try await environment.pgbench.latencies(
            script, on: fixture.bare, clients: 8, perSecond: Self.perSecond, seconds: environment.size.latencySeconds)
        return Figure.percentile99(all)
    }

    func tearDown(_ fixture: Fixture) async {
        await fixture.bare.close()
        await fixture.platform.stop()
    }
}
