/// The pool's bookkeeping. It decides and does no I/O; the pool carries out what it answers, outside the lock.
struct PostgresPoolState {
    /// A bound for what waits, far above what any service should have.
    static let maximumWaiters = 10_000

    typealias Drain = CheckedContinuation<Void, Never>

    let maximumConnections: Int
    var waiters = PostgresWaitQueue()
    /// The last one used is lent first: its caches are warm, on both sides.
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

    /// Nil: none is idle, or others came first.
    mutating func takeIdle() throws -> PostgresSession? {
        if isClosed { throw PostgresPool.closedError }
        return waiters.isEmpty ? idle.popLast() : nil
    }

    mutating func nextWaiterID() -> UInt64 {
        lastWaiterID += 1
        return lastWaiterID
    }

    /// Takes the waiter in, and says how many connections to open; or refuses it.
    mutating func enqueue(
        _ id: UInt64, _ waiter: PostgresWaitQueue.Waiter, until deadline: PostgresDeadline
    ) -> (refusal: PostgresError?, connects: Int) {
        if isClosed { return (PostgresPool.closedError, 0) }
        guard waiters.count < Self.maximumWaiters else {
            return (
                PostgresError(.leaseDeadline, "\(Self.maximumWaiters) tasks already wait for a connection: take in less work at once"), 0
            )
        }
        waiters.append(id, waiter, until: deadline)
        return (nil, reserveConnects())
    }

    /// Who gets the session; or whether the pool keeps it.
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

    /// As many as tasks wait that no connection is on its way for, within the pool's size.
    private mutating func reserveConnects() -> Int {
        guard !isClosed else { return 0 }
        // While the server is away one attempt at a time is enough.
        let wanted = failedConnects > 0 ? min(1, waiters.count) : waiters.count
        let count = max(0, min(wanted - connecting, maximumConnections - open.count - connecting))
        connecting += count
        return count
    }

    /// Further connects that the success makes worth trying.
    mutating func connected(_ session: PostgresSession) -> Int {
        connecting -= 1
        open[ObjectIdentifier(session)] = session
        lastConnectError = nil
        failedConnects = 0
        // The session is about to serve one waiter.
        return max(0, waiters.count - 1) > connecting ? reserveConnects() : 0
    }

    /// What follows from a failed connect: who must be told at once, and after how many failures to try again, if at all.
    mutating func connectFailed(_ error: PostgresError) -> (told: [PostgresWaitQueue.Waiter], retryAfterFailures: Int?) {
        lastConnectError = error
        failedConnects += 1
        // Refused for good, and no connection in use that could come back: waiting longer helps nobody.
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

    /// Whether anybody still waits for the connect that is about to be tried again; if not, its place is free.
    mutating func keepsConnecting() -> Bool {
        if !waiters.isEmpty && !isClosed { return true }
        connecting -= 1
        return false
    }

    // MARK: Ends

    mutating func close() -> (idle: [PostgresSession], waiters: [PostgresWaitQueue.Waiter]) {
        isClosed = true
        defer { idle.removeAll() }
        for session in idle { open[ObjectIdentifier(session)] = nil }
        return (idle, waiters.removeAll())
    }

    /// True when nothing is lent any more.
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
        /// Why who expired got nothing.
        var reason = ""
    }

    private var whyNoConnection: String {
        if let lastConnectError { return "the last attempt to connect failed: \(lastConnectError.message)" }
        return open.count < maximumConnections
            ? "connecting takes longer than that; look at the network and the server's load"
            : "all \(maximumConnections) are in use; shorten transactions, or raise the pool's size"
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
