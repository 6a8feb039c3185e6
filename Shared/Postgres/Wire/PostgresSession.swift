internal import CLibpq

/// One libpq connection: the methods drive libpq without blocking, and the reactor waits for the socket.
///
/// `@unchecked Sendable` because only one task uses it at a time, which `PostgresConnection` enforces for leased sessions and the pool's
/// state for the others.
final class PostgresSession: @unchecked Sendable {
    let handle: OpaquePointer
    let watch: PostgresWatch
    let configuration: PostgresConfiguration
    var statements = PostgresStatementCache()
    var parameters = PostgresParameterBlock()
    /// Sent with the next statement, which saves a transaction one round trip.
    var pendingBegin: String?
    /// The steps to send before the next statement.
    var queue = PostgresQueue()
    /// The pool's plan generation when the session was last leased.
    var planGeneration = 0
    /// The first error since the transaction began: the reason of an aborted transaction, also when the body caught it.
    var transactionFailure: PostgresError?
    /// The protocol state is unknown, or the task was cancelled during a statement: close the session, do not reuse it.
    private(set) var isBroken = false
    private var isClosed = false

    init(handle: OpaquePointer, watch: PostgresWatch, configuration: PostgresConfiguration) {
        self.handle = handle
        self.watch = watch
        self.configuration = configuration
    }

    deinit { close() }

    /// The process id of the server's backend.
    var backendPID: Int32 { isClosed ? 0 : PQbackendPID(handle) }

    /// Whether the session is idle and outside a transaction.
    var isReusable: Bool { !isBroken && PQstatus(handle) == CONNECTION_OK && PQtransactionStatus(handle) == PQTRANS_IDLE }

    var isInTransaction: Bool { PQtransactionStatus(handle) == PQTRANS_INTRANS || isTransactionAborted }

    var isTransactionAborted: Bool { PQtransactionStatus(handle) == PQTRANS_INERROR }

    /// Whether the server closed the session while it was idle. An idle session receives data only when it is closed or a setting
    /// changes, so any readable data means that it must be replaced. One `poll`, no round trip.
    var isStale: Bool {
        PostgresSocket.isReadable(PQsocket(handle))
    }

    func markBroken() { isBroken = true }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        isBroken = true
        watch.close()
        PQfinish(handle)
    }

    func deadline(_ bound: Duration? = nil) -> PostgresDeadline { .after(bound ?? configuration.resultTimeout) }

    // MARK: Steps

    /// Sends all queued data. Reads at the same time, because a server whose output buffer is full stops reading.
    func flush(until deadline: PostgresDeadline, shielded: Bool = false) async throws {
        while true {
            let left = PQflush(handle)
            if left == 0 { return }
            guard left == 1 else { throw lost() }
            try await wait(for: [.readable, .writable], until: deadline, shielded: shielded)
            guard PQconsumeInput(handle) == 1 else { throw lost() }
        }
    }

    /// The next result, or nil at the end of a statement's results.
    func nextResult(until deadline: PostgresDeadline, shielded: Bool = false) async throws -> PostgresResult? {
        while PQisBusy(handle) == 1 {
            let isComplete = try await wait(for: .readable, until: deadline, shielded: shielded) { [self] in
                guard PQconsumeInput(handle) == 1 else { return .failed }
                return PQisBusy(handle) == 1 ? .incomplete : .complete
            }
            guard isComplete || PQconsumeInput(handle) == 1 else { throw lost() }
        }
        return PQgetResult(handle).map { PostgresResult($0) }
    }

    /// Returns whether `read` has read a complete result.
    @discardableResult
    private func wait(
        for events: PostgresSocketEvents, until deadline: PostgresDeadline, shielded: Bool,
        read: (@Sendable () -> PostgresReadProgress)? = nil
    ) async throws -> Bool {
        switch await watch.wait(for: events, until: deadline, shielded: shielded, read: read) {
        case .ready: return false
        case .complete: return true
        case .cancelled:
            isBroken = true
            throw CancellationError()
        case .deadline:
            isBroken = true
            throw PostgresError(
                .statementDeadline,
                "timed out waiting for the server; the connection was closed. Check load, locks and network, or raise the statement timeout"
            )
        }
    }

    /// Reads the server's last message after it closed the session.
    func closedByServer(statement: String) -> PostgresError {
        isBroken = true
        while PQconsumeInput(handle) == 1, PostgresSocket.isReadable(PQsocket(handle)) {}
        return .connectionLost(String(cString: PQerrorMessage(handle)), statement: statement)
    }

    /// Marks the session as broken, after libpq refused a call or lost its socket.
    func lost(statement: String? = nil) -> PostgresError {
        isBroken = true
        let text = String(cString: PQerrorMessage(handle))
        return .connectionLost(text.isEmpty ? "the server closed the connection" : text, statement: statement)
    }

    /// Converts an error result to the error to throw, and stores it for the transaction.
    func failure(_ result: PostgresResult, statement: String?) -> PostgresError {
        let error = PostgresError.server(result.handle, statement: statement)
        if error.kind == .connection || PQstatus(handle) != CONNECTION_OK { isBroken = true }
        if transactionFailure == nil { transactionFailure = error }
        return error
    }
}

/// The steps of a connection that are sent before the next statement.
struct PostgresQueue {
    struct Entry {
        let step: PostgresStep
        /// Whether `answers` returns its result.
        var isKept = false
        /// Receives the result, if set.
        var pending: PostgresPendingRows?
    }

    /// The steps that are not sent yet.
    var entries: [Entry] = []
    /// The kept results that have not been returned yet.
    var answers: [PostgresRows] = []
    /// Called when all statements of a transaction except COMMIT are sent.
    var beforeCommit: (@Sendable () async throws -> Void)?

    /// Delivers the results of the sent entries.
    mutating func deliver(_ sent: [Entry], _ rows: [PostgresRows]) {
        for (entry, rows) in zip(sent, rows) {
            if entry.isKept { answers.append(rows) }
            entry.pending?.rows = rows
        }
    }
}
