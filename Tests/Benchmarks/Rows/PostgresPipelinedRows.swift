import Postgres

/// What a batch does: many prepared statements sent together, one row each, in one transaction.
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

    func prepare(_ stage: Stage) async throws -> Database {
        try await stage.database("pipelined", tables: Self.tables, connections: Self.connections)
    }

    func measure(_ database: Database, on stage: Stage) async throws -> Double {
        try await empty(database)
        return try await Rate.perSecond(tasks: Self.connections, seconds: stage.size.seconds) {
            let steps = (0..<Self.rowsABatch).map { PostgresStep(Self.insert, [4711, $0, Self.note]) }
            return try await database.pool.withConnection { try await $0.pipeline(steps).count }
        }
    }

    func measureBaseline(_ database: Database, on stage: Stage) async throws -> Double {
        try await empty(database)
        let transactions = try await stage.pgbench.transactionsPerSecond(
            Self.script, on: database, clients: Self.connections, seconds: stage.size.seconds,
            variables: ["account": "4711", "amount": "42", "note": Self.note])
        return transactions * Double(Self.rowsABatch)
    }

    private func empty(_ database: Database) async throws {
        try await database.pool.withConnection { try await $0.script("truncate entry") }
    }

    func clear(_ database: Database) async { await database.close() }
}
