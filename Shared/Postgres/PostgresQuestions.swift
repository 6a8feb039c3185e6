/// Questions that leave in one round trip, in their order, each with what its answer is good for.
///
/// ```swift
/// var questions = PostgresQuestions<OrderRows>()
/// questions.ask(OrderStatements.products, [ids]) { rows, answer in try rows.takeProducts(answer) }
/// try await questions.answer(&self, on: connection)
/// ```
public struct PostgresQuestions<Asker>: Sendable {
    private var steps: [PostgresStep] = []
    private var takes: [@Sendable (inout Asker, PostgresRows) throws -> Void] = []

    /// Nothing is asked.
    public init() {}

    /// Asks, and says what to do with the answer.
    public mutating func ask(
        _ statement: PostgresStatement, _ parameters: [any PostgresEncodable] = [],
        take: @escaping @Sendable (inout Asker, PostgresRows) throws -> Void
    ) {
        steps.append(PostgresStep(statement, parameters))
        takes.append(take)
    }

    /// Sends the questions and takes their answers, in the order of the questions. Throws what `PostgresConnection.pipeline` or the first
    /// taker throws; what was taken before stays.
    public func answer(_ asker: inout Asker, on connection: PostgresConnection) async throws {
        let answers = try await connection.pipeline(steps)
        for (take, answer) in zip(takes, answers) { try take(&asker, answer) }
    }
}
