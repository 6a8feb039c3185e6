internal import CLibpq
internal import Synchronization

/// A leased connection. It belongs to the closure it was given to, and one task uses it at a time: a second one that calls
/// meanwhile, or a call after the lease, gets a `PostgresError` of kind `usage` and harms nothing.
public final class PostgresConnection: Sendable {
    private enum Use: UInt8, AtomicRepresentable { case free, busy, ended }

    let session: PostgresSession
    private let use = Atomic<Use>(.free)

    init(_ session: PostgresSession) { self.session = session }

    /// The server's process id of this connection, as `pg_stat_activity` shows it.
    public var backendPID: Int32 { session.backendPID }

    /// Runs `statement` and returns its rows. The first run on a connection takes one round trip more, to prepare it.
    ///
    /// Throws a `PostgresError`, or `CancellationError` when the task is cancelled; after that, or when the server does not
    /// answer in time, the connection is closed once the lease ends.
    public func query(_ statement: PostgresStatement, _ parameters: any PostgresEncodable...) async throws -> PostgresRows {
        try await query(statement, parameters)
    }

    /// The same with the parameters in an array.
    public func query(_ statement: PostgresStatement, _ parameters: [any PostgresEncodable]) async throws -> PostgresRows {
        let rows = try await exclusively { try await $0.run([PostgresStep(statement, parameters)], until: $0.deadline()) }
        guard let only = rows.first else { throw PostgresError(.connection, "the answer is missing", statement: statement.name) }
        return only
    }

    /// Runs `statement` and returns how many rows it touched.
    @discardableResult
    public func execute(_ statement: PostgresStatement, _ parameters: any PostgresEncodable...) async throws -> Int {
        try await query(statement, parameters).affected
    }

    /// The same with the parameters in an array.
    @discardableResult
    public func execute(_ statement: PostgresStatement, _ parameters: [any PostgresEncodable]) async throws -> Int {
        try await query(statement, parameters).affected
    }

    /// Runs all steps in one round trip and returns one answer a step, in order. The first error fails the lot and is the one
    /// thrown. Outside a transaction the steps are one transaction of their own: all or none.
    public func pipeline(_ steps: [PostgresStep]) async throws -> [PostgresRows] {
        guard !steps.isEmpty else { return [] }
        return try await exclusively { try await $0.run(steps, until: $0.deadline()) }
    }

    /// Keeps steps to be sent ahead of whatever this connection sends next, in the same round trip: the next statement, or in a
    /// transaction its COMMIT. Costs nothing now; an error is thrown by whatever it travels with. Outside a transaction, what nothing
    /// follows is dropped with the lease.
    ///
    /// - Parameter keepingAnswers: whether `answers` is to return what these steps answer.
    public func enqueue(_ steps: [PostgresStep], keepingAnswers: Bool = false) throws {
        try atRest { session in
            session.queue.entries += steps.map { PostgresQueue.Entry(step: $0, isKept: keepingAnswers) }
        }
    }

    /// Keeps a step as `enqueue` does, and puts its answer into `answer` when it comes: in a transaction that is with its COMMIT at the
    /// latest, and so nothing to go by before the transaction has ended.
    public func enqueue(_ step: PostgresStep, into answer: PostgresAnswer) throws {
        try atRest { $0.queue.entries.append(PostgresQueue.Entry(step: step, answer: answer)) }
    }

    /// The answers that `enqueue` was to keep since the last call, one a step. Sends what is still waiting to be sent.
    public func answers() async throws -> [PostgresRows] {
        try await exclusively { session in
            if !session.queue.entries.isEmpty { _ = try await session.run([], until: session.deadline()) }
            defer { session.queue.answers = [] }
            return session.queue.answers
        }
    }

    /// Has `body` called when everything of this transaction is on its way to the server and COMMIT is not. What it throws ends the
    /// transaction. For tests, which let processes die there.
    public func beforeCommit(_ body: @escaping @Sendable () async throws -> Void) throws {
        try atRest { $0.queue.beforeCommit = body }
    }

    /// Runs a text of many statements without parameters, such as a migration. Outside a transaction, and unless it holds
    /// transaction commands, PostgreSQL takes the text as one transaction.
    ///
    /// - Parameter deadline: how long the client waits for all of it; the server's statement timeout bounds each statement.
    public func script(_ sql: String, deadline: Duration? = nil) async throws {
        _ = try await exclusively { try await $0.simple(sql, name: "script", until: $0.deadline(deadline)) }
    }

    /// Runs `body` as the one user of the session. Shielded work runs even in a cancelled task: ending a transaction does.
    func exclusively<R: Sendable>(shielded: Bool = false, _ body: (PostgresSession) async throws -> R) async throws -> R {
        if !shielded { try Task.checkCancellation() }
        let (entered, found) = use.compareExchange(expected: .free, desired: .busy, ordering: .acquiring)
        guard entered else { throw Self.isElsewhere(found) }
        defer { _ = use.compareExchange(expected: .busy, desired: .free, ordering: .releasing) }
        if session.isBroken { throw PostgresError(.connection, "the connection was lost or given up earlier in this lease") }
        return try await body(session)
    }

    /// Changes what the session is to do later.
    private func atRest(_ body: (PostgresSession) -> Void) throws {
        let (entered, found) = use.compareExchange(expected: .free, desired: .busy, ordering: .acquiring)
        guard entered else { throw Self.isElsewhere(found) }
        defer { _ = use.compareExchange(expected: .busy, desired: .free, ordering: .releasing) }
        body(session)
    }

    private static func isElsewhere(_ use: Use) -> PostgresError {
        PostgresError(
            .usage,
            use == .busy
                ? "the connection is in use by another task: await one call before the next, or lease a second connection"
                : "the connection's lease is over: use it only inside the closure it was given to")
    }

    /// Ends the lease. False when another task still uses the connection, so that it must not go back to the pool.
    func end() -> Bool { use.exchange(.ended, ordering: .acquiringAndReleasing) == .free }
}
