/// Queries that run in one round trip, in order, each with a closure that takes its rows.
///
/// ```swift
/// var queries = PostgresQueryBatch<OrderRows>()
/// queries.add(OrderStatements.products, [ids]) { target, rows in try target.takeProducts(rows) }
/// try await queries.run(into: &self, on: connection)
/// ```
public struct PostgresQueryBatch<Target>: Sendable {
    private var steps: [PostgresStep] = []
    private var takes: [@Sendable (inout Target, PostgresRows) throws -> Void] = []

    /// Starts empty.
    public init() {}

    /// Adds a query; `take` applies its rows to the target.
    public mutating func add(
        _ statement: PostgresStatement, _ parameters: [any PostgresEncodable] = [],
        take: @escaping @Sendable (inout Target, PostgresRows) throws -> Void
    ) {
        steps.append(PostgresStep(statement, parameters))
        takes.append(take)
    }

    /// Runs the queries and applies their rows to `target`, in order. Throws the error of `PostgresConnection.pipeline` or of the first
    /// failing `take`; rows applied before that error are not undone.
    public func run(into target: inout Target, on connection: PostgresConnection) async throws {
        let results = try await connection.pipeline(steps)
        for (take, rows) in zip(takes, results) { try take(&target, rows) }
    }
}
