internal import CLibpq

/// One libpq connection with the waiting around it: the steps ask libpq what it waits for, and the reactor waits.
///
/// Sendable by contract, not by construction: one task at a time uses it. `PostgresConnection` enforces that for what callers
/// hold, and the pool's state for the rest.
final class PostgresSession: @unchecked Sendable {
    let handle: OpaquePointer
    let watch: PostgresWatch
    let configuration: PostgresConfiguration
    var statements = PostgresStatementCache()
    var parameters = PostgresParameterBlock()
    /// Sent along with the next statement, which saves a transaction one round trip.
    var pendingBegin: String?
    /// What travels with whatever is sent next.
    var queue = PostgresQueue()
    /// The pool's generation of plans that `statements` belongs to.
    var planGeneration = 0
    /// The first error since the transaction began; says why the transaction is aborted even if the body swallowed it.
    var transactionFailure: PostgresError?
    /// The protocol is in an unknown state or the task went away in mid-statement: close, never reuse.
    private(set) var isBroken = false
    private var isClosed = false

    init(handle: OpaquePointer, watch: PostgresWatch, configuration: PostgresConfiguration) {
        self.handle = handle
        self.watch = watch
        self.configuration = configuration
    }

    deinit { close() }

    /// The server's process for this session.
    var backendPID: Int32 { isClosed ? 0 : PQbackendPID(handle) }

    /// Idle, outside a transaction, with nothing under way.
    var isReusable: Bool { !isBroken && PQstatus(handle) == CONNECTION_OK && PQtransactionStatus(handle) == PQTRANS_IDLE }

    var isInTransaction: Bool { PQtransactionStatus(handle) == PQTRANS_INTRANS || isTransactionAborted }

    var isTransactionAborted: Bool { PQtransactionStatus(handle) == PQTRANS_INERROR }

    /// Whether the server went away while the session idled. It has nothing to say to an idle session but farewell or
    /// a changed setting, so anything readable means: take another. One `poll`, no round trip.
    var isStale: Bool {
        PostgresSocket.hasSomethingToRead(PQsocket(handle))
    }

    func markBroken() { isBroken = true }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        isBroken = true
        watch.close()
        PQfinish(handle)
    }

    func deadline(_ bound: Duration? = nil) -> PostgresDeadline { .after(bound ?? configuration.answerBound) }

    // MARK: Steps

    /// Sends all that is queued. It reads while it writes: a server that cannot get rid of its answers stops reading.
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
            let isWhole = try await wait(for: .readable, until: deadline, shielded: shielded) { [self] in
                guard PQconsumeInput(handle) == 1 else { return .failed }
                return PQisBusy(handle) == 1 ? .more : .whole
            }
            guard isWhole || PQconsumeInput(handle) == 1 else { throw lost() }
        }
        return PQgetResult(handle).map { PostgresResult($0) }
    }

    /// Whether `read` has read all there is to wait for.
    @discardableResult
    private func wait(
        for interest: PostgresInterest, until deadline: PostgresDeadline, shielded: Bool, read: (@Sendable () -> PostgresReading)? = nil
    ) async throws -> Bool {
        switch await watch.wait(for: interest, until: deadline, shielded: shielded, read: read) {
        case .ready: return false
        case .whole: return true
        case .cancelled:
            isBroken = true
            throw CancellationError()
        case .deadline:
            isBroken = true
            throw PostgresError(
                .statementDeadline,
                "the server did not answer in time, so the connection was dropped; look for load, locks or a lost network, or raise the statement timeout"
            )
        }
    }

    /// Reads what the server said before it went away.
    func farewell(statement: String) -> PostgresError {
        isBroken = true
        while PQconsumeInput(handle) == 1, PostgresSocket.hasSomethingToRead(PQsocket(handle)) {}
        return .connectionLost(String(cString: PQerrorMessage(handle)), statement: statement)
    }

    /// libpq refused a call or lost its socket; either way this session is done.
    func lost(statement: String? = nil) -> PostgresError {
        isBroken = true
        let text = String(cString: PQerrorMessage(handle))
        return .connectionLost(text.isEmpty ? "the server closed it" : text, statement: statement)
    }

    /// Turns an error result into the error to throw, and remembers it for the transaction.
    func failure(_ result: PostgresResult, statement: String?) -> PostgresError {
        let error = PostgresError.server(result.handle, statement: statement)
        if error.kind == .connection || PQstatus(handle) != CONNECTION_OK { isBroken = true }
        if transactionFailure == nil { transactionFailure = error }
        return error
    }
}

/// What a connection keeps to be sent ahead of something else.
struct PostgresQueue {
    struct Entry {
        let step: PostgresStep
        /// Whether somebody will ask for its answer.
        var isKept = false
        /// Where its answer goes otherwise.
        var answer: PostgresAnswer?
    }

    /// Not sent yet.
    var entries: [Entry] = []
    /// The answers to those that were sent and that nobody has asked for yet.
    var answers: [PostgresRows] = []
    /// To be called when all of a transaction but its COMMIT is on its way.
    var beforeCommit: (@Sendable () async throws -> Void)?

    /// Puts the answers to entries that were sent where they were to go.
    mutating func answered(_ sent: [Entry], _ rows: [PostgresRows]) {
        for (entry, rows) in zip(sent, rows) {
            if entry.isKept { answers.append(rows) }
            entry.answer?.rows = rows
        }
    }
}
