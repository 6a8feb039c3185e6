import Foundation
import Kernel
import TestKit

/// How long an enterprise waits for the answer to its order, through the whole of a running installation whose database writes to the disk:
/// portal, Kafka, ordering and back, while identity checks the credit of each and the timer keeps its deadline. Orders come at their moments
/// whatever the earlier ones take, and each is measured from its moment.
struct OrderReply: Benchmark {
    let name = "order_reply_p99_ms"
    let unit = "ms"
    let summary = "POST of an order until it is answered done, at 200 a second through the portal of a running installation, p99"
    let baseline = "pgbench -R 200, one row inserted and committed, p99"
    let goal = Goal.valueAtMost(30)

    private static let perSecond = 200
    private static let lines = 64
    private static let enterprises = 40
    private static let products = 20

    struct Ground: Sendable {
        let platform: PlatformProcess
        let portal: Int
        let tokens: [String]
        let products: [String]
        let bare: Database
    }

    func prepare(_ stage: Stage) async throws -> Ground {
        let platform = try await PlatformProcess.start(isDurable: true)
        do {
            let bare = try await stage.database("reply_bare", tables: "create table promise (id bigint, body text)", connections: 1)
            let portal = try platform.port(of: "portal")
            let players = try await Self.onThread {
                try OrderPlayers.register(
                    portal: portal, signIn: platform.record.signIn, enterprises: Self.enterprises, products: Self.products)
            }
            let ground = Ground(platform: platform, portal: portal, tokens: players.tokens, products: players.products, bare: bare)
            _ = try await latencies(ground, orders: Self.perSecond)
            return ground
        } catch {
            await platform.stop()
            throw error
        }
    }

    func measure(_ ground: Ground, on stage: Stage) async throws -> Double {
        let all = try await latencies(ground, orders: Self.perSecond * stage.size.latencySeconds)
        Progress.say("\(name): median \(Figure.text(Figure.median(all))), greatest \(Figure.text(all.max() ?? 0))")
        return Figure.percentile99(all)
    }

    /// Each line takes every so-manieth order: it has a third of a second for each, and who comes late counts as late.
    private func latencies(_ ground: Ground, orders: Int) async throws -> [Double] {
        let run = UUID().uuidString
        let start = ContinuousClock.now + .milliseconds(100)
        return try await withThrowingTaskGroup(of: [Double].self) { group in
            for line in 0..<Self.lines {
                group.addTask {
                    try await Self.onThread {
                        let http = HTTPConnection(port: ground.portal)
                        return try stride(from: line, to: orders, by: Self.lines).map { number in
                            let due = start + .microseconds(number * 1_000_000 / Self.perSecond)
                            let early = (due - ContinuousClock.now).seconds
                            if early > 0 { Thread.sleep(forTimeInterval: early) }
                            try OrderPlayers.place(
                                ground.products[number % Self.products], token: ground.tokens[number % Self.enterprises],
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

    func measureBaseline(_ ground: Ground, on stage: Stage) async throws -> Double {
        let script = "insert into promise (id, body) values (1, '{\"amount\":1,\"counter\":\"counter-1\"}');"
        let all = try await stage.pgbench.latencies(
            script, on: ground.bare, clients: 8, perSecond: Self.perSecond, seconds: stage.size.latencySeconds)
        return Figure.percentile99(all)
    }

    func clear(_ ground: Ground) async {
        await ground.bare.close()
        await ground.platform.stop()
    }
}
