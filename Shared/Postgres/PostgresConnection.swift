internal import CLibpq
internal import Synchronization

/// A leased connection. It is valid only inside the closure it was passed to, and only one task may use it at a time: a concurrent
/// call, or a call after the lease, throws a `PostgresError` of kind `usage` and has no other effect.
public final class PostgresConnection: Sendable {
    private enum Use: UInt8, AtomicRepresentable { case free, busy, ended }

    let session: PostgresSession
    private let use = Atomic<Use>(.free)

    init(_ session: PostgresSession) { self.session = session }

    /// The process id of the server's backend, as shown in `pg_stat_activity`.
    public var backendPID: Int32 { session.backendPID }

    /// Runs `statement` and returns its rows. The first run on a connection needs one more round trip, to prepare it.
    ///
    /// Throws a `PostgresError`, or `CancellationError` when the task is cancelled. After a cancellation or a timeout the connection is
    /// closed when the lease ends.
    public func query(_ statement: PostgresStatement, _ parameters: any PostgresEncodable...) async throws -> PostgresRows {
        try await query(statement, parameters)
    }

    /// The same with the parameters in an array.
    public func query(_ statement: PostgresStatement, _ parameters: [any PostgresEncodable]) async throws -> PostgresRows {
        let rows = try await exclusively { try await $0.run([PostgresStep(statement, parameters)], until: $0.deadline()) }
        guard let only = rows.first else { throw PostgresError(.connection, "the result is missing", statement: statement.name) }
        return only
    }

    /// Runs `statement` and returns the number of affected rows.
    @discardableResult
    public func execute(_ statement: PostgresStatement, _ parameters: any PostgresEncodable...) async throws -> Int {
        try await query(statement, parameters).affected
    }

    /// The same with the parameters in an array.
    @discardableResult
    public func execute(_ statement: PostgresStatement, _ parameters: [any PostgresEncodable]) async throws -> Int {
        try await query(statement, parameters).affected
    }

    /// Runs all steps in one round trip and returns one result per step, in order. The first error fails all steps and is thrown.
    /// Outside a transaction the steps run as one transaction.
    public func pipeline(_ steps: [PostgresStep]) async throws -> [PostgresRows] {
        guard !steps.isEmpty else { return [] }
        return try await exclusively { try await $0.run(steps, until: $0.deadline()) }
    }

    /// Enqueues steps that are sent before the connection's next statement, or the transaction's COMMIT, in the same round trip. Their
    /// errors are thrown by that statement. Outside a transaction, steps that no statement follows are dropped at the end of the lease.
    ///
    /// - Parameter keepingAnswers: whether `answers` returns the results of these steps.
    public func enqueue(_ steps: [PostgresStep], keepingAnswers: Bool = false) throws {
        try withSession { session in
            session.queue.entries += steps.map { PostgresQueue.Entry(step: $0, isKept: keepingAnswers) }
        }
    }

    /// Enqueues a step and stores its result in `pending` when it arrives. In a transaction that may be as late as COMMIT, so do not rely
    /// on it before the transaction has ended.
    public func enqueue(_ step: PostgresStep, into pending: PostgresPendingRows) throws {
        try withSession { $0.queue.entries.append(PostgresQueue.Entry(step: step, pending: pending)) }
    }

    /// The kept results of the steps enqueued since the last call, one per step. Sends the steps that are still enqueued.
    public func answers() async throws -> [PostgresRows] {
        try await exclusively { session in
            if !session.queue.entries.isEmpty { _ = try await session.run([], until: session.deadline()) }
            defer { session.queue.answers = [] }
            return session.queue.answers
        }
    }

    /// Calls `body` when all statements of this transaction are sent and COMMIT is not. An error of `body` rolls the transaction back.
    /// For tests that kill a process at this point.
    public func beforeCommit(_ body: @escaping @Sendable () async throws -> Void) throws {
        try withSession { $0.queue.beforeCommit = body }
    }

    /// Runs a script of many statements without parameters, such as a migration. Outside a transaction, and unless it contains
    /// transaction commands, PostgreSQL runs the script as one transaction.
    ///
    /// - Parameter deadline: the timeout of the whole script; the server's statement timeout applies to each statement.
    public func script(_ sql: String, deadline: Duration? = nil) async throws {
        _ = try await exclusively { try await $0.simple(sql, name: "script", until: $0.deadline(deadline)) }
    }

    /// Runs `body` with exclusive use of the session. Shielded work, such as ending a transaction, runs even in a cancelled task.
    func exclusively<R: Sendable>(shielded: Bool = false, _ body: (PostgresSession) async throws -> R) async throws -> R {
        if !shielded { try Task.checkCancellation() }
        let (entered, found) = use.compareExchange(expected: .free, desired: .busy, ordering: .acquiring)
        guard entered else { throw Self.useError(found) }
        defer { _ = use.compareExchange(expected: .busy, desired: .free, ordering: .releasing) }
        if session.isBroken { throw PostgresError(.connection, "the connection was lost or abandoned earlier in this lease") }
        return try await body(session)
    }

    /// Changes the session without sending anything.
    private func withSession(_ body: (PostgresSession) -> Void) throws {
        let (entered, found) = use.compareExchange(expected: .free, desired: .busy, ordering: .acquiring)
        guard entered else { throw Self.useError(found) }
        defer { _ = use.compareExchange(expected: .busy, desired: .free, ordering: .releasing) }
        body(session)
    }

    private static func useError(_ use: Use) -> PostgresError {
        PostgresError(
            .usage,
            use == .busy
                ? "the connection is in use by another task: await one call before the next, or lease a second connection"
                : "the connection's lease is over: use it only inside the closure it was given to")
    }

    /// Ends the lease. False when another task still uses the connection, so that it must not return to the pool.
    func end() -> Bool { use.exchange(.ended, ordering: .acquiringAndReleasing) == .free }
}
