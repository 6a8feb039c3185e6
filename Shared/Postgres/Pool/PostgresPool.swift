internal import CoreMetrics
public import Logging
internal import Synchronization

/// A pool of connections to one database, opened on demand and reused.
///
/// - Waiting tasks are served in order of arrival, each until its deadline; the timeout error contains the last connection error.
/// - A connection that is returned in a transaction, during a statement or broken is closed and replaced. A connection that the
///   server has closed is detected before it is leased.
/// - Session state (`set`, advisory locks, temporary tables) stays on the connection: undo it before the lease ends.
public final class PostgresPool: Sendable {
    /// How its connections are opened.
    public let configuration: PostgresConfiguration
    let logger: Logger
    let metrics: PostgresMetrics
    let state: PostgresLock<PostgresPoolState>
    /// Incremented when prepared plans are stale: connections drop theirs at their next lease.
    let planGeneration = Atomic<Int>(0)
    private let timer = PostgresLock<PostgresWatch?>(nil)

    /// Creates a pool; connections are opened on demand.
    public init(_ configuration: PostgresConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        metrics = PostgresMetrics(database: configuration.database)
        state = PostgresLock(PostgresPoolState(maximumConnections: max(1, configuration.maximumConnections)))
        timer.withLock { $0 = PostgresWatch.timer { [weak self] in self?.timerFired() } }
    }

    /// A second pool for the same database, with additional session settings. The caller closes it.
    public func sibling(connections: Int, settings: [PostgresSetting]) -> PostgresPool {
        var configuration = configuration
        configuration.maximumConnections = connections
        configuration.sessionSettings += settings
        return PostgresPool(configuration, logger: logger)
    }

    deinit { timer.withLock { $0?.close() } }

    /// Leases a connection to `body` and returns it to the pool afterwards.
    ///
    /// - Parameter deadline: how long to wait for a connection; without one, the configuration's `leaseDeadline`.
    /// - Throws: the error of `body`; a `PostgresError` of kind `leaseDeadline` or `closed`, or at once `connection` when no
    ///   connection exists and the server refuses permanently (wrong password, no such database); `CancellationError`.
    public nonisolated(nonsending) func withConnection<R: Sendable>(
        deadline: Duration? = nil, _ body: nonisolated(nonsending) (PostgresConnection) async throws -> R
    ) async throws -> R {
        let session = try await lease(within: deadline ?? configuration.leaseDeadline)
        let connection = PostgresConnection(session)
        defer { endLease(session, unused: connection.end()) }
        return try await body(connection)
    }

    /// Closes the pool: waiting tasks fail at once; running leases may finish until the deadline, and then their sockets are closed.
    public func close(deadline: Duration) async {
        let (idle, waiters) = state.withLock { $0.close() }
        for waiter in waiters { waiter.resume(throwing: Self.closedError) }
        metrics.leasesWaiting.decrement(by: Double(waiters.count))
        idle.forEach { $0.close() }
        let end = PostgresDeadline.after(deadline)
        await withCheckedContinuation { continuation in
            let finished = state.withLock { $0.awaitDrain(continuation, until: end) }
            if finished { continuation.resume() } else { setTimer(end) }
        }
    }

    static let closedError = PostgresError(.closed, "the connection pool is closed: the service is shutting down")

    // MARK: Leasing

    private func lease(within bound: Duration) async throws -> PostgresSession {
        try Task.checkCancellation()
        while let idle = try state.withLock({ try $0.takeIdle() }) {
            if !idle.isStale {
                startLease(idle)
                return idle
            }
            logger.debug("replacing a connection that the server has closed")
            discard(idle)
        }
        let start = PostgresDeadline.now()
        let deadline = PostgresDeadline.after(bound)
        metrics.leasesWaiting.increment()
        let session = try await wait(until: deadline)
        // The offering thread held this lock. The continuation already orders the two threads, but when it is resumed before it is awaited
        // the thread sanitizer does not see that.
        state.withLock { _ in }
        metrics.leaseWait.recordNanoseconds(PostgresDeadline.now().nanoseconds - start.nanoseconds)
        startLease(session)
        return session
    }

    private func startLease(_ session: PostgresSession) {
        metrics.leasesInUse.increment()
        let generation = planGeneration.load(ordering: .relaxed)
        if session.planGeneration != generation {
            session.planGeneration = generation
            session.statements.removeAll()
        }
    }

    private func wait(until deadline: PostgresDeadline) async throws -> PostgresSession {
        let id = state.withLock { $0.nextWaiterID() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (refusal, connects) = state.withLock { $0.enqueue(id, continuation, until: deadline) }
                if let refusal { return endWait(continuation, refusal) }
                setTimer(deadline)
                startConnecting(connects)
                // A cancellation before the waiter was stored could not resume it.
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

    /// - Parameter unused: false when another task still uses the session, which is then closed when that task releases it.
    private func endLease(_ session: PostgresSession, unused: Bool) {
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

    /// Passes the session to the longest-waiting task, or keeps it.
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

    func setTimer(_ deadline: PostgresDeadline) { timer.withLock { $0 }?.setTimer(deadline) }

    private func timerFired() {
        let due = state.withLock { $0.expire(at: .now()) }
        for waiter in due.waiters { endWait(waiter, PostgresError(.leaseDeadline, "timed out waiting for a connection: \(due.reason)")) }
        due.overdue.forEach { $0.watch.shutDownSocket() }
        due.drained.forEach { $0.resume() }
        if let next = due.next { setTimer(next) }
    }
}
