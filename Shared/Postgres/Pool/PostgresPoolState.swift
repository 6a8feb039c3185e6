/// The pool's state and decisions, without I/O; the pool performs the returned actions outside the lock.
struct PostgresPoolState {
    /// The maximum number of waiting tasks, far above what any service should have.
    static let maximumWaiters = 10_000

    typealias Drain = CheckedContinuation<Void, Never>

    let maximumConnections: Int
    var waiters = PostgresWaitQueue()
    /// The idle connections. The last used one is leased first, because its caches are warm on both sides.
    private var idle: [PostgresSession] = []
    private var open: [ObjectIdentifier: PostgresSession] = [:]
    private var connecting = 0
    private var lastConnectError: PostgresError?
    private var failedConnects = 0
    private var lastWaiterID: UInt64 = 0
    private var isClosed = false
    private var drains: [Drain] = []
    private var drainDeadline: PostgresDeadline?

    init(maximumConnections: Int) { self.maximumConnections = maximumConnections }

    // MARK: Leasing

    /// Nil when no connection is idle or other tasks are waiting.
    mutating func takeIdle() throws -> PostgresSession? {
        if isClosed { throw PostgresPool.closedError }
        return waiters.isEmpty ? idle.popLast() : nil
    }

    mutating func nextWaiterID() -> UInt64 {
        lastWaiterID += 1
        return lastWaiterID
    }

    /// Enqueues the waiter and returns the number of connections to open, or refuses it.
    mutating func enqueue(
        _ id: UInt64, _ waiter: PostgresWaitQueue.Waiter, until deadline: PostgresDeadline
    ) -> (refusal: PostgresError?, connects: Int) {
        if isClosed { return (PostgresPool.closedError, 0) }
        guard waiters.count < Self.maximumWaiters else {
            return (
                PostgresError(.leaseDeadline, "\(Self.maximumWaiters) tasks are waiting for a connection: reduce the concurrent work"), 0
            )
        }
        waiters.append(id, waiter, until: deadline)
        return (nil, reserveConnects())
    }

    /// The waiter that gets the session, or whether the pool keeps it.
    mutating func offer(_ session: PostgresSession) -> (waiter: PostgresWaitQueue.Waiter?, keep: Bool) {
        if isClosed { return (nil, false) }
        if let waiter = waiters.popFirst() { return (waiter, true) }
        idle.append(session)
        return (nil, true)
    }

    mutating func forget(_ session: PostgresSession) -> (connects: Int, drained: [Drain]) {
        open[ObjectIdentifier(session)] = nil
        return (reserveConnects(), takeDrained())
    }

    // MARK: Connecting

    /// Reserves a connect for each waiting task without one, up to the pool's size.
    private mutating func reserveConnects() -> Int {
        guard !isClosed else { return 0 }
        // While the server is unreachable one attempt at a time is enough.
        let wanted = failedConnects > 0 ? min(1, waiters.count) : waiters.count
        let count = max(0, min(wanted - connecting, maximumConnections - open.count - connecting))
        connecting += count
        return count
    }

    /// The number of further connects to start after a success.
    mutating func connected(_ session: PostgresSession) -> Int {
        connecting -= 1
        open[ObjectIdentifier(session)] = session
        lastConnectError = nil
        failedConnects = 0
        // The session is about to serve one waiter.
        return max(0, waiters.count - 1) > connecting ? reserveConnects() : 0
    }

    /// Handles a failed connect: the waiters to reject at once, and the number of failures so far if the attempt is to be repeated.
    mutating func connectFailed(_ error: PostgresError) -> (rejected: [PostgresWaitQueue.Waiter], retryAfterFailures: Int?) {
        lastConnectError = error
        failedConnects += 1
        // Refused permanently, and no leased connection that could be returned: waiting is pointless.
        if !error.isTransient && open.isEmpty {
            connecting -= 1
            return (waiters.removeAll(), nil)
        }
        guard connecting == 1, !waiters.isEmpty, !isClosed else {
            connecting -= 1
            return ([], nil)
        }
        return ([], failedConnects)
    }

    /// Whether a task still waits, so that the connect is to be repeated; otherwise its reservation is released.
    mutating func keepsConnecting() -> Bool {
        if !waiters.isEmpty && !isClosed { return true }
        connecting -= 1
        return false
    }

    // MARK: Closing and deadlines

    mutating func close() -> (idle: [PostgresSession], waiters: [PostgresWaitQueue.Waiter]) {
        isClosed = true
        defer { idle.removeAll() }
        for session in idle { open[ObjectIdentifier(session)] = nil }
        return (idle, waiters.removeAll())
    }

    /// True when no connection is leased.
    mutating func awaitDrain(_ drain: Drain, until deadline: PostgresDeadline) -> Bool {
        if open.isEmpty { return true }
        drains.append(drain)
        drainDeadline = drainDeadline.map { min($0, deadline) } ?? deadline
        return false
    }

    private mutating func takeDrained() -> [Drain] {
        guard isClosed, open.isEmpty else { return [] }
        defer { drains.removeAll() }
        return drains
    }

    struct Due {
        var waiters: [PostgresWaitQueue.Waiter]
        var overdue: [PostgresSession] = []
        var drained: [Drain] = []
        var next: PostgresDeadline?
        /// Why the expired waiters got no connection.
        var reason = ""
    }

    private var whyNoConnection: String {
        if let lastConnectError { return "the last attempt to connect failed: \(lastConnectError.message)" }
        return open.count < maximumConnections
            ? "connecting takes longer than that; check the network and the server's load"
            : "all \(maximumConnections) are in use; shorten transactions or increase the pool's size"
    }

    mutating func expire(at now: PostgresDeadline) -> Due {
        let (expired, next) = waiters.expire(at: now)
        var due = Due(waiters: expired, next: next, reason: expired.isEmpty ? "" : whyNoConnection)
        guard let deadline = drainDeadline, !drains.isEmpty else { return due }
        guard deadline <= now else {
            due.next = min(next ?? deadline, deadline)
            return due
        }
        due.overdue = Array(open.values)
        due.drained = drains
        drains.removeAll()
        return due
    }
}
