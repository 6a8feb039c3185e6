import Foundation
import TestKit

/// The latency of an order over HTTP at a percentile. Orders are sent at a constant rate, and each is measured from its scheduled time.
struct OrderReply: Benchmark {
    /// The percentile of the latencies.
    enum Percentile: Sendable {
        case median
        case ninetyNinth

        func of(_ latencies: [Double]) -> Double {
            switch self {
            case .median: Figure.median(latencies)
            case .ninetyNinth: Figure.percentile99(latencies)
            }
        }
    }

    let name: String
    let unit = "ms"
    let summary: String
    let baseline: String
    let goal = Goal.none
    private let percentile: Percentile
    /// Orders per second; nil for half the rate that saturates the machine, found before the first round.
    private let fixedRate: Int?

    /// At 200 orders a second.
    static let atFixedRate = OrderReply(
        name: "order_reply_p99_ms",
        summary: "POST of an order until its final answer, at 200 a second through the portal of a running installation, p99",
        baseline: "pgbench -R 200, one row inserted and committed, p99", percentile: .ninetyNinth, fixedRate: 200)
    /// The median at half the saturated rate.
    static let medianRatio = OrderReply(ratio: "order_reply_p50_ratio", "median", .median)
    /// The 99th percentile at half the saturated rate.
    static let tailRatio = OrderReply(ratio: "order_reply_p99_ratio", "p99", .ninetyNinth)

    private init(name: String, summary: String, baseline: String, percentile: Percentile, fixedRate: Int?) {
        self.name = name
        self.summary = summary
        self.baseline = baseline
        self.percentile = percentile
        self.fixedRate = fixedRate
    }

    private init(ratio name: String, _ word: String, _ percentile: Percentile) {
        self.init(
            name: name,
            summary: "POST of an order until its final answer, at half the rate that saturates the machine in this run, \(word)",
            baseline: "pgbench at the same rate, one row inserted and committed, \(word)", percentile: percentile, fixedRate: nil)
    }

    struct Fixture: Sendable {
        let orders: OrdersOverHTTP
        let perSecond: Int
        let bare: Database
    }

    func prepare(_ environment: BenchmarkEnvironment) async throws -> Fixture {
        let bare = try await environment.database(
            "\(name)_bare", tables: "create table accepted (id bigint, body text)", connections: 1)
        let orders = try await OrdersOverHTTP.start()
        do {
            if let fixedRate { return Fixture(orders: orders, perSecond: fixedRate, bare: bare) }
            let rate = try await orders.saturatedRate(seconds: environment.size.seconds)
            Progress.report("\(name): saturated at \(Figure.text(rate)) orders per second")
            return Fixture(orders: orders, perSecond: max(1, Int(rate / 2)), bare: bare)
        } catch {
            await orders.stop()
            throw error
        }
    }

    func measure(_ fixture: Fixture, on environment: BenchmarkEnvironment) async throws -> Double {
        let count = fixture.perSecond * environment.size.latencySeconds
        let all = try await fixture.orders.latencies(perSecond: fixture.perSecond, orders: count)
        Progress.report(
            "\(name): at \(fixture.perSecond) a second: median \(Figure.text(Figure.median(all))), maximum \(Figure.text(all.max() ?? 0))")
        return percentile.of(all)
    }

    func measureBaseline(_ fixture: Fixture, on environment: BenchmarkEnvironment) async throws -> Double {
        let script = "insert into accepted (id, body) values (1, '{\"amount\":1,\"counter\":\"counter-1\"}');"
        return percentile.of(
            try await environment.pgbench.latencies(
                script, on: fixture.bare, clients: 8, perSecond: fixture.perSecond, seconds: environment.size.latencySeconds))
    }

    func tearDown(_ fixture: Fixture) async {
        await fixture.bare.close()
        await fixture.orders.stop()
    }
}
