import Foundation
import Postgres

/// A handler's most frequent operation in its own transaction: a prepared update of one row out of ten thousand, committed to disk, on a
/// connection from the pool.
struct PostgresTransactions: Benchmark {
    let name = "postgres_transactions_per_second"
    let unit = "tx/s"
    let summary = "one row updated by a prepared statement and committed, on 8 connections"
    let baseline = "pgbench, the same statement prepared, 8 clients"
    let goal = Goal.ratioAtLeast(0.7)

    private static let connections = 8
    private static let accounts = 10_000

    private static let tables = """
        create table account (id bigint primary key, balance bigint not null) with (fillfactor = 50);
        insert into account select id, 0 from generate_series(1, \(accounts)) id
        """
    private static let update = PostgresStatement("bench.update", "update account set balance = balance + $1 where id = $2")
    private static let script = """
        \\set id random(1, \(accounts))
        update account set balance = balance + :amount where id = :id;
        """

    func prepare(_ environment: BenchmarkEnvironment) async throws -> Database {
        try await environment.database("transactions", tables: Self.tables, connections: Self.connections)
    }

    func measure(_ database: Database, on environment: BenchmarkEnvironment) async throws -> Double {
        try await Rate.perSecond(tasks: Self.connections, seconds: environment.size.seconds) {
            let id = Int.random(in: 1...Self.accounts)
            _ = try await database.pool.withConnection { try await $0.execute(Self.update, 1, id) }
            return 1
        }
    }

    func measureBaseline(_ database: Database, on environment: BenchmarkEnvironment) async throws -> Double {
        try await environment.pgbench.transactionsPerSecond(
            Self.script, on: database, clients: Self.connections, seconds: environment.size.seconds, variables: ["amount": "1"])
    }

    func tearDown(_ database: Database) async { await database.close() }
}

/// Measures the throughput of concurrent tasks.
enum Rate {
    /// Each task repeats `work`, which returns the amount of work done, for `seconds`.
    static func perSecond(tasks: Int, seconds: Int, _ work: @escaping @Sendable () async throws -> Int) async throws -> Double {
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        let done = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<tasks {
                group.addTask {
                    var done = 0
                    while ContinuousClock.now < end { done += try await work() }
                    return done
                }
            }
            return try await group.reduce(0, +)
        }
        return Double(done) / (ContinuousClock.now - start).seconds
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
