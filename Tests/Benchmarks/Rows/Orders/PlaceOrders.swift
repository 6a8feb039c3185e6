import Foundation
import Messages
import Postgres

/// The service `ordering`, as the process it is, takes orders from Kafka: real tokens of as many enterprises, the programme's own rules, four
/// caps. A tenth asks for more than its year has and is refused. Counted from the first orders that are decided until all are and all that
/// was said is acknowledged by Kafka.
struct PlaceOrders: Benchmark {
    let name = "orders_per_second"
    let unit = "orders/s"
    let summary = "place-order from Kafka by 150 products and as many enterprises as orders, until the last event is published"
    let baseline = "pgbench with the same reads and writes, one transaction an order, best of 1, 8 and 32 clients"
    let goal = Goal.ratioAtLeast(2)

    static let products = 150

    struct Ground: Sendable {
        let orders: OrderRecords
        let database: Database
    }

    func prepare(_ stage: Stage) async throws -> Ground {
        let orders = try OrderRecords(count: stage.size.orders, products: Self.products)
        // The service makes its tables itself.
        let database = try await stage.messagingDatabaseOfService("orders_baseline")
        let broker = try Broker(services: OrderingProcess.topicsOf, logger: stage.logger)
        let process = try await OrderingProcess.start(on: database, broker)
        try await process.stop()
        await broker.close()
        try await orders.fill(database)
        return Ground(orders: orders, database: database)
    }

    func measure(_ ground: Ground, on stage: Stage) async throws -> Double {
        try await OrderRun.ordersPerSecond(ground.orders, on: stage)
    }

    func measureBaseline(_ ground: Ground, on stage: Stage) async throws -> Double {
        var best = 0.0
        for clients in [1, 8, 32] {
            try await ground.database.pool.withConnection { try await $0.script(OrderScript.reset) }
            let rate = try await stage.pgbench.transactionsPerSecond(
                OrderScript.transaction(enterprises: stage.size.orders, products: Self.products), on: ground.database, clients: clients,
                seconds: stage.size.seconds)
            Progress.say("\(name): pgbench with \(clients) clients: \(Figure.text(rate))")
            best = max(best, rate)
        }
        return best
    }

    func clear(_ ground: Ground) async { await ground.database.close() }
}

/// The same with one product that everybody wants, beside the same over 150: how much a single hot account costs.
struct PlaceOrdersOfOneProduct: Benchmark {
    let name = "orders_of_one_product_per_second"
    let unit = "orders/s"
    let summary = "the same with one product that all orders are for"
    let baseline = "the same over 150 products"
    let goal = Goal.ratioAtLeast(0.8)

    func prepare(_ stage: Stage) async throws -> (one: OrderRecords, many: OrderRecords) {
        (
            try OrderRecords(count: stage.size.orders, products: 1),
            try OrderRecords(count: stage.size.orders, products: PlaceOrders.products)
        )
    }

    func measure(_ ground: (one: OrderRecords, many: OrderRecords), on stage: Stage) async throws -> Double {
        try await OrderRun.ordersPerSecond(ground.one, on: stage)
    }

    func measureBaseline(_ ground: (one: OrderRecords, many: OrderRecords), on stage: Stage) async throws -> Double {
        try await OrderRun.ordersPerSecond(ground.many, on: stage)
    }

    func clear(_ ground: (one: OrderRecords, many: OrderRecords)) async {}
}
