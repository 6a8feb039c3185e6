import Postgres

/// Many pipelined prepared statements of one row each in one transaction, as in a batch.
struct PostgresPipelinedRows: Benchmark {
    let name = "postgres_rows_per_second"
    let unit = "rows/s"
    let summary = "single-row inserts, 100 in a pipelined transaction, on 8 connections"
    let baseline = "pgbench, the same inserts between \\startpipeline and \\endpipeline, 8 clients"
    let goal = Goal.ratioAtLeast(0.8)

    private static let connections = 8
    private static let rowsABatch = 100
    private static let note = "a voucher of 1,000 yuan was redeemed"

    private static let tables = "create table entry (account bigint not null, amount bigint not null, note text not null)"
    private static let insert = PostgresStatement("bench.insert", "insert into entry (account, amount, note) values ($1, $2, $3)")
    private static let script =
        "\\startpipeline\n"
        + String(repeating: "insert into entry (account, amount, note) values (:account, :amount, :note);\n", count: rowsABatch)
        + "\\endpipeline\n"

    func prepare(_ environment: BenchmarkEnvironment) async throws -> Database {
        try await environment.database("pipelined", tables: Self.tables, connections: Self.connections)
    }

    func measure(_ database: Database, on environment: BenchmarkEnvironment) async throws -> Double {
        try await empty(database)
        return try await Rate.perSecond(tasks: Self.connections, seconds: environment.size.seconds) {
            let steps = (0..<Self.rowsABatch).map { PostgresStep(Self.insert, [4711, $0, Self.note]) }
            return try await database.pool.withConnection { try await $0.pipeline(steps).count }
        }
    }

    func measureBaseline(_ database: Database, on environment: BenchmarkEnvironment) async throws -> Double {
        try await empty(database)
        let transactions = try await environment.pgbench.transactionsPerSecond(
            Self.script, on: database, clients: Self.connections, seconds: environment.size.seconds,
            variables: ["account": "4711", "amount": "42", "note": Self.note])
        return transactions * Double(Self.rowsABatch)
    }

    private func empty(_ database: Database) async throws {
        try await database.pool.withConnection { try await $0.script("truncate entry") }
    }

    func tearDown(_ database: Database) async { await database.close() }
}
