import Foundation
import Kafka
import Messages
import Messaging

/// One run of the service over all orders, with its own database and broker.
enum OrderRun {
    /// The maximum number of undecided orders in the embedded broker, which keeps only 5 MiB a partition.
    private static let maximumUndecided = 8000
    private static let sliceSize = 2000

    static func ordersPerSecond(_ orders: OrderRecords, on environment: BenchmarkEnvironment) async throws -> Double {
        let broker = try Broker(services: OrderingProcess.topicsOf, logger: environment.logger)
        let database = try await environment.messagingDatabaseOfService("orders")
        let process = try await OrderingProcess.start(on: database, broker)
        try await orders.fill(database)
        let feeder = Task { try await feed(orders, to: broker, database) }
        let rate = try await rate(orders.records.count, database)
        try await feeder.value
        try await check(orders, database)
        try await process.stop()
        await database.close()
        await broker.close()
        return rate
    }

    private static func feed(_ orders: OrderRecords, to broker: Broker, _ database: Database) async throws {
        let producer = try KafkaProducer(broker.kafka, logger: broker.logger)
        var sent = 0
        while sent < orders.records.count {
            let room = maximumUndecided - (sent - Int(try await done(database)))
            guard room >= sliceSize else {
                try await Task.sleep(for: .milliseconds(5))
                continue
            }
            let slice = orders.records[sent..<min(orders.records.count, sent + sliceSize)]
            for result in await producer.send(Array(slice)) { _ = try result.get() }
            sent += slice.count
        }
        await producer.close(deadline: .seconds(10))
    }

    /// The number of decided orders: the sum of the consumer's watermarks.
    private static func done(_ database: Database) async throws -> Int64 {
        try await database.number("select coalesce(sum(contiguous), 0)::bigint from inbox_watermark where topic = 'ordering.commands'")
    }

    /// The measurement starts when the first poll finds decided orders, because joining the group takes seconds.
    private static func rate(_ count: Int, _ database: Database) async throws -> Double {
        let limit = ContinuousClock.now + .seconds(600)
        var first: (at: ContinuousClock.Instant, done: Int64)?
        while ContinuousClock.now < limit {
            let done = try await done(database)
            if first == nil, done > 0 { first = (.now, done) }
            if done >= Int64(count), let first {
                try await Outbox.waitUntilEmpty(database, within: .seconds(120))
                return Double(Int64(count) - first.done) / (ContinuousClock.now - first.at).seconds
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw BenchmarkError("not all orders were decided in time")
    }

    /// Throws a `BenchmarkError` if an order was not decided correctly.
    private static func check(_ orders: OrderRecords, _ database: Database) async throws {
        let refused = orders.records.count / OrderRecords.refusedOneIn
        let placed = orders.records.count - refused
        let found = [
            try await database.number("select count(*) from orders"),
            try await database.number("select count(*) from transfer") / 4,
            try await database.number("select count(*) from audit where outcome = 'refused' and refusal->'clauses'->>0 = 'BJ26-03'"),
        ]
        guard found == [Int64(placed), Int64(placed), Int64(refused)] else {
            throw BenchmarkError(
                "expected \(placed) placed and \(refused) refused orders; found (orders, groups of four transfers, refusals): \(found)")
        }
    }
}
