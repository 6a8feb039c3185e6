internal import CoreMetrics
public import Logging
internal import Synchronization

/// Connections to one database, opened when needed and used again.
///
/// - Waiting tasks are served in order of arrival, each until its deadline; that error carries the last connect error.
/// - A connection that comes back in a transaction, in mid-statement or broken is closed and replaced, never lent again; one
///   that the server closed meanwhile is noticed before it is lent.
/// - Session state (`set`, advisory locks, temporary tables) stays on the connection: undo it before the lease ends.
public final class PostgresPool: Sendable {
    let configuration: PostgresConfiguration
    let logger: Logger
    let metrics: PostgresMetrics
    let state: PostgresLock<PostgresPoolState>
    /// Raised when prepared plans went stale: connections forget theirs at their next lease.
    let planGeneration = Atomic<Int>(0)
    private let alarm = PostgresLock<PostgresWatch?>(nil)

    /// Opens no connection yet.
    public init(_ configuration: PostgresConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        metrics = PostgresMetrics(database: configuration.database)
        state = PostgresLock(PostgresPoolState(maximumConnections: max(1, configuration.maximumConnections)))
        alarm.withLock { $0 = PostgresWatch.alarm { [weak self] in self?.alarmRang() } }
    }

    /// Another pool for the same database, with settings of its own besides. It is to be closed like this one.
    public func sibling(connections: Int, settings: [PostgresSetting]) -> PostgresPool {
        var configuration = configuration
        configuration.maximumConnections = connections
        configuration.sessionSettings += settings
        return PostgresPool(configuration, logger: logger)
    }

    deinit { alarm.withLock { $0?.close() } }

    /// Lends a connection to `body`, and takes it back whatever happens.
    ///
    /// - Parameter deadline: how long to wait for a connection; without one, the configuration's `leaseDeadline`.
    /// - Throws: what `body` throws; a `PostgresError` of kind `leaseDeadline` or `closed`, or `connection` at once when no
    ///   connection exists and the server refuses for good (wrong password, no such database); `CancellationError`.
    public nonisolated(nonsending) func withConnection<R: Sendable>(
        deadline: Duration? = nil, _ body: nonisolated(nonsending) (PostgresConnection) async throws -> R
    ) async throws -> R {
        let session = try await lease(within: deadline ?? configuration.leaseDeadline)
        let connection = PostgresConnection(session)
        defer { giveBack(session, unused: connection.end()) }
        return try await body(connection)
    }

    /// Ends the pool: waiting tasks fail at once, leases under way may finish until the deadline, then lose their sockets.
    public func close(deadline: Duration) async {
        let (idle, waiters) = state.withLock { $0.close() }
        for waiter in waiters { waiter.resume(throwing: Self.closedError) }
        metrics.leasesWaiting.decrement(by: Double(waiters.count))
        idle.forEach { $0.close() }
        let end = PostgresDeadline.after(deadline)
        await withCheckedContinuation { continuation in
            let finished = state.withLock { $0.awaitDrain(continuation, until: end) }
            if finished { continuation.resume() } else { setAlarm(end) }
        }
    }

    static let closedError = PostgresError(.closed, "the connection pool is closed: the service is shutting down")

    // MARK: Leasing

    private func lease(within bound: Duration) async throws -> PostgresSession {
        try Task.checkCancellation()
        while let idle = try state.withLock({ try $0.takeIdle() }) {
            if !idle.isStale {
                lend(idle)
                return idle
            }
            logger.debug("replaced a connection that the server had closed")
            discard(idle)
        }
        let start = PostgresDeadline.now()
        let deadline = PostgresDeadline.after(bound)
        metrics.leasesWaiting.increment()
        let session = try await wait(until: deadline)
        // Whoever offered it held this lock. A continuation orders the two threads by itself, but where it is resumed before it is
        // awaited the thread sanitizer does not see that.
        state.withLock { _ in }
        metrics.leaseWait.recordNanoseconds(PostgresDeadline.now().nanoseconds - start.nanoseconds)
        lend(session)
        return session
    }

    private func lend(_ session: PostgresSession) {
        metrics.leasesInUse.increment()
        let generation = planGeneration.load(ordering: .relaxed)
        if session.planGeneration != generation {
            session.planGeneration = generation
            session.statements.forgetAll()
        }
    }

    private func wait(until deadline: PostgresDeadline) async throws -> PostgresSession {
        let id = state.withLock { $0.nextWaiterID() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (refusal, connects) = state.withLock { $0.enqueue(id, continuation, until: deadline) }
                if let refusal { return endWait(continuation, refusal) }
                setAlarm(deadline)
                startConnecting(connects)
                // A cancellation before the waiter was stored found nobody to resume.
                if Task.isCancelled { cancelWait(id) }
            }
        } onCancel: {
            cancelWait(id)
        }
    }

    private func cancelWait(_ id: UInt64) {
        if let waiter = state.withLock({ $0.waiters.remove(id) }) { endWait(waiter, CancellationError()) }
    }

    func endWait(_ waiter: PostgresWaitQueue.Waiter, _ error: any Error) {
        metrics.leasesWaiting.decrement()
        waiter.resume(throwing: error)
    }

    /// - Parameter unused: false when another task still uses the session: it then closes itself when that task lets go.
    private func giveBack(_ session: PostgresSession, unused: Bool) {
        metrics.leasesInUse.decrement()
        guard unused else {
            session.watch.shutDownSocket()
            return forget(session)
        }
        session.pendingBegin = nil
        session.queue = PostgresQueue()
        session.transactionFailure = nil
        if session.isReusable { offer(session) } else { discard(session) }
    }

    /// Gives the session to who waits longest, or keeps it.
    func offer(_ session: PostgresSession) {
        let (waiter, keep) = state.withLock { $0.offer(session) }
        if let waiter {
            metrics.leasesWaiting.decrement()
            waiter.resume(returning: session)
        } else if !keep {
            discard(session)
        }
    }

    private func discard(_ session: PostgresSession) {
        session.close()
        forget(session)
    }

    private func forget(_ session: PostgresSession) {
        let (connects, drained) = state.withLock { $0.forget(session) }
        startConnecting(connects)
        drained.forEach { $0.resume() }
    }

    // MARK: Deadlines

    func setAlarm(_ deadline: PostgresDeadline) { alarm.withLock { $0 }?.setAlarm(deadline) }

    private func alarmRang() {
        let due = state.withLock { $0.expire(at: .now()) }
        for waiter in due.waiters { endWait(waiter, PostgresError(.leaseDeadline, "no connection in time: \(due.reason)")) }
        due.overdue.forEach { $0.watch.shutDownSocket() }
        due.drained.forEach { $0.resume() }
        if let next = due.next { setAlarm(next) }
    }
}
