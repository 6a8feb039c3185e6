import Foundation
import Messages
import Postgres

/// The service `ordering`, in its own process, decides orders from Kafka with real tokens, the programme's rules and four caps. A tenth
/// exceeds the yearly quota and is refused. Measured from the first decided orders until all are decided and all messages are acknowledged
/// by Kafka.
struct PlaceOrders: Benchmark {
    let name = "orders_per_second"
    let unit = "orders/s"
    let summary = "place-order from Kafka for 150 products, each order by another enterprise, until the last event is published"
    let baseline = "pgbench with the same reads and writes, one transaction an order, best of 1, 8 and 32 clients"
    let goal = Goal.ratioAtLeast(2)

    static let products = 150

    struct Fixture: Sendable {
        let orders: OrderRecords
        let database: Database
    }

    func prepare(_ environment: BenchmarkEnvironment) async throws -> Fixture {
        let orders = try OrderRecords(count: environment.size.orders, products: Self.products)
        // The service creates its tables itself.
        let database = try await environment.messagingDatabaseOfService("orders_baseline")
        let broker = try Broker(services: OrderingProcess.topicsOf, logger: environment.logger)
        let process = try await OrderingProcess.start(on: database, broker)
        try await process.stop()
        await broker.close()
        try await orders.fill(database)
        return Fixture(orders: orders, database: database)
    }

    func measure(_ fixture: Fixture, on environment: BenchmarkEnvironment) async throws -> Double {
        try await OrderRun.ordersPerSecond(fixture.orders, on: environment)
    }

    func measureBaseline(_ fixture: Fixture, on environment: BenchmarkEnvironment) async throws -> Double {
        var best = 0.0
        for clients in [1, 8, 32] {
            try await fixture.database.pool.withConnection { try await $0.script(OrderScript.reset) }
            let rate = try await environment.pgbench.transactionsPerSecond(
                OrderScript.transaction(enterprises: environment.size.orders, products: Self.products), on: fixture.database,
                clients: clients,
                seconds: environment.size.seconds)
            Progress.report("\(name): pgbench with \(clients) clients: \(Figure.text(rate))")
            best = max(best, rate)
        }
        return best
    }

    func tearDown(_ fixture: Fixture) async { await fixture.database.close() }
}

/// The same with one product, compared with 150 products: the cost of a single contended account.
struct PlaceOrdersOfOneProduct: Benchmark {
    let name = "orders_of_one_product_per_second"
    let unit = "orders/s"
    let summary = "the same with one product for all orders"
    let baseline = "the same with 150 products"
    let goal = Goal.ratioAtLeast(0.8)

    func prepare(_ environment: BenchmarkEnvironment) async throws -> (one: OrderRecords, many: OrderRecords) {
        (
            try OrderRecords(count: environment.size.orders, products: 1),
            try OrderRecords(count: environment.size.orders, products: PlaceOrders.products)
        )
    }

    func measure(_ fixture: (one: OrderRecords, many: OrderRecords), on environment: BenchmarkEnvironment) async throws -> Double {
        try await OrderRun.ordersPerSecond(fixture.one, on: environment)
    }

    func measureBaseline(_ fixture: (one: OrderRecords, many: OrderRecords), on environment: BenchmarkEnvironment) async throws -> Double {
        try await OrderRun.ordersPerSecond(fixture.many, on: environment)
    }

    func tearDown(_ fixture: (one: OrderRecords, many: OrderRecords)) async {}
}
