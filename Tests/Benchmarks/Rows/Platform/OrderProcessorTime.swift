import Foundation
import Kernel
import Messages
import Postgres
import TestKit

/// The processor time of an order over HTTP: all processes of the installation, until the order is answered and its events are applied.
struct OrderProcessorTime: Benchmark {
    let name = "cpu_ms_per_order_http"
    let unit = "ms"
    let summary = "processor time of all processes of an installation per order placed and answered over HTTP, at 200 orders a second"
    let baseline = "pgbench and its server, one transaction with the reads and writes of an order"
    let goal = Goal.none

    private static let perSecond = 200
    /// Events of the last orders are applied within this time.
    private static let settling = Duration.seconds(2)

    struct Fixture: Sendable {
        let orders: OrdersOverHTTP
        let rows: Database
        let enterprises: Int
    }

    func prepare(_ environment: BenchmarkEnvironment) async throws -> Fixture {
        let rows = try await OrderRows.prepare(environment, name: "\(name)_rows")
        return Fixture(orders: try await OrdersOverHTTP.start(), rows: rows.database, enterprises: rows.enterprises)
    }

    func measure(_ fixture: Fixture, on environment: BenchmarkEnvironment) async throws -> Double {
        let count = Self.perSecond * environment.size.latencySeconds
        let before = try fixture.orders.processorSeconds()
        _ = try await fixture.orders.latencies(perSecond: Self.perSecond, orders: count)
        try await Task.sleep(for: Self.settling)
        return (try fixture.orders.processorSeconds() - before) * 1000 / Double(count)
    }

    func measureBaseline(_ fixture: Fixture, on environment: BenchmarkEnvironment) async throws -> Double {
        try await OrderRows.processorSecondsPerOrder(fixture.rows, enterprises: fixture.enterprises, on: environment) * 1000
    }

    func tearDown(_ fixture: Fixture) async {
        await fixture.rows.close()
        await fixture.orders.stop()
    }
}

/// The rows of an order as a plain transaction, the baseline of processor time.
enum OrderRows {
    /// A database with the tables of `ordering` and the rows that an order reads.
    static func prepare(_ environment: BenchmarkEnvironment, name: String) async throws -> (database: Database, enterprises: Int) {
        let orders = try OrderRecords(count: min(2000, environment.size.orders), products: PlaceOrders.products)
        let database = try await environment.messagingDatabaseOfService(name)
        let broker = try Broker(services: OrderingProcess.topicsOf, logger: environment.logger)
        let process = try await OrderingProcess.start(on: database, broker)
        try await process.stop()
        await broker.close()
        try await orders.fill(database)
        return (database, orders.records.count)
    }

    /// The processor time of pgbench and its server for one order's rows, in seconds.
    static func processorSecondsPerOrder(
        _ database: Database, enterprises: Int, on environment: BenchmarkEnvironment
    ) async throws -> Double {
        try await database.pool.withConnection { try await $0.script(OrderScript.reset) }
        let server = try environment.serverPID()
        let (serverBefore, childrenBefore) = (try ProcessTime.seconds(ofTree: server), ProcessTime.secondsOfEndedChildren())
        let rate = try await environment.pgbench.transactionsPerSecond(
            OrderScript.transaction(enterprises: enterprises, products: PlaceOrders.products), on: database, clients: 8,
            seconds: environment.size.seconds)
        let used =
            try ProcessTime.seconds(ofTree: server) - serverBefore + ProcessTime.secondsOfEndedChildren() - childrenBefore
        return used / (rate * Double(environment.size.seconds))
    }
}
