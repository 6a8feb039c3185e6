internal import Logging
internal import Synchronization

extension PostgresPool {
    /// Runs `body` in a transaction and commits it; rolls back if `body` throws.
    ///
    /// After a serialisation failure or a deadlock `body` runs again in a new transaction, after a bounded pause with jitter, so it must
    /// have no effects outside the transaction. BEGIN is sent with the first statement; without a statement nothing is sent. Steps
    /// enqueued last are sent with COMMIT. Cancellation does not interrupt COMMIT and ROLLBACK.
    ///
    /// A nested transaction leases a second connection and so can exhaust the pool: pass the connection instead.
    ///
    /// - Parameters:
    ///   - name: the name in errors, logs and metrics.
    ///   - attempts: the maximum number of runs of `body`.
    /// - Throws: the error of `body`; the server's last error after all attempts; `outcomeUnknown` when the connection was lost during
    ///   COMMIT, so that the caller must check before repeating; and the errors of `withConnection`.
    public nonisolated(nonsending) func withTransaction<R: Sendable>(
        _ name: String, isolation: PostgresIsolation = .readCommitted, attempts: Int = 5,
        _ body: nonisolated(nonsending) (PostgresConnection) async throws -> R
    ) async throws -> R {
        var attempt = 1
        while true {
            let outcome = try await withConnection { connection in
                try await run(name, isolation, on: connection, body)
            }
            switch outcome {
            case .committed(let value): return value
            case .refused(let error):
                guard attempt < attempts else { throw error }
                metrics.countRetry(of: name)
                logger.debug("retrying transaction", metadata: ["transaction": "\(name)", "reason": "\(error)", "attempt": "\(attempt)"])
                // The connection is released during the pause, because the conflicting transactions may need it.
                let milliseconds = min(500, 5 << min(attempt, 7))
                try await Task.sleep(for: .milliseconds(Int.random(in: 1...milliseconds)))
                attempt += 1
            }
        }
    }

    private nonisolated(nonsending) func run<R: Sendable>(
        _ name: String, _ isolation: PostgresIsolation, on connection: PostgresConnection,
        _ body: nonisolated(nonsending) (PostgresConnection) async throws -> R
    ) async throws -> PostgresOutcome<R> {
        connection.begin(isolation)
        do {
            let value = try await body(connection)
            try await connection.commit(name)
            return .committed(value)
        } catch {
            let cause = await connection.rollback(after: error)
            guard let cause, cause.shouldRetryTransaction || cause.isStalePlanError else { throw error }
            if cause.isStalePlanError { planGeneration.add(1, ordering: .relaxed) }
            return .refused(cause)
        }
    }
}

/// The outcome of an attempt that did not fail permanently.
private enum PostgresOutcome<R: Sendable>: Sendable {
    case committed(R)
    case refused(PostgresError)
}

extension PostgresConnection {
    fileprivate func begin(_ isolation: PostgresIsolation) {
        session.transactionFailure = nil
        session.queue = PostgresQueue()
        session.pendingBegin = "begin isolation level \(isolation.rawValue)"
    }

    fileprivate func commit(_ name: String) async throws {
        try await exclusively(shielded: true) { session in
            let isBegun = session.pendingBegin == nil
            if !isBegun && session.queue.entries.isEmpty {
                session.pendingBegin = nil
                return
            }
            if session.isTransactionAborted {
                throw session.transactionFailure ?? PostgresError(.server, "a statement of the transaction failed", statement: name)
            }
            guard !isBegun || session.isInTransaction else {
                throw PostgresError(
                    .usage, "the body ended the transaction: only withTransaction may commit or roll back", statement: name)
            }
            // Data from the server before COMMIT is sent means that it closed the session, and then the outcome is known.
            if session.isStale { throw session.closedByServer(statement: name) }
            try await session.commit(name)
        }
    }

    /// Rolls back, and returns the error that aborted the transaction, if any: the body may have caught or wrapped that error.
    fileprivate func rollback(after error: any Error) async -> PostgresError? {
        let cause = try? await exclusively(shielded: true) { session -> PostgresError? in
            session.pendingBegin = nil
            session.queue = PostgresQueue()
            let failure = session.isTransactionAborted ? session.transactionFailure : nil
            if session.isInTransaction {
                do {
                    try await session.simple("rollback", name: "rollback", until: session.deadline(), shielded: true)
                } catch {
                    session.markBroken()
                }
            }
            return failure
        }
        return cause.flatMap { $0 } ?? error as? PostgresError
    }
}

extension PostgresSession {
    fileprivate func commit(_ name: String) async throws {
        var mayBeCommitted = false
        do {
            let tag = try await commitQueued(name, until: deadline()) { mayBeCommitted = true }
            guard tag == "COMMIT" else {
                throw transactionFailure ?? PostgresError(.server, "the server rolled the transaction back", statement: name)
            }
        } catch let error as PostgresError where mayBeCommitted && (error.kind == .connection || error.kind == .statementDeadline) {
            throw PostgresError(
                .outcomeUnknown, "the transaction may or may not be committed: \(error.message)", sqlState: error.sqlState, statement: name)
        }
    }
}
