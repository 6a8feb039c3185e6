internal import Logging
internal import Synchronization

extension PostgresPool {
    /// Runs `body` in a transaction and commits it; a `body` that throws is rolled back.
    ///
    /// Serialisation failures and deadlocks run `body` again from the start, in a new transaction, after a bounded and
    /// jittered pause: it must have no effects but those of the transaction. BEGIN travels with the first statement; a body
    /// that runs none costs nothing. What the body enqueued last travels with COMMIT. COMMIT and ROLLBACK are not cut short by
    /// cancellation.
    ///
    /// A transaction inside a transaction takes a second connection, and so can starve the pool: pass the connection on instead.
    ///
    /// - Parameters:
    ///   - name: how errors, logs and metrics call it.
    ///   - attempts: how often `body` may run at most.
    /// - Throws: what `body` throws; the server's last refusal after all attempts; `outcomeUnknown` when the connection
    ///   was lost in COMMIT, so that the caller must look before it repeats; and all of `withConnection`.
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
                logger.debug("transaction runs again", metadata: ["transaction": "\(name)", "reason": "\(error)", "attempt": "\(attempt)"])
                // Without the connection in hand: those we collided with may need it.
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
            guard let cause, cause.asksForRetry || cause.isAboutStalePlan else { throw error }
            if cause.isAboutStalePlan { planGeneration.add(1, ordering: .relaxed) }
            return .refused(cause)
        }
    }
}

/// How one attempt ended, unless by an error that another attempt would not mend.
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
                    .usage, "the body ended the transaction itself: leave commit and rollback to withTransaction", statement: name)
            }
            // Whatever the server has to say before COMMIT is sent is a farewell, and then the outcome is known.
            if session.isStale { throw session.farewell(statement: name) }
            try await session.commit(name)
        }
    }

    /// Rolls back what there is, and returns why the server wants nothing more of this transaction, if it does: the body may
    /// have swallowed or wrapped that error.
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
