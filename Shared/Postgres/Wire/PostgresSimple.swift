internal import CLibpq

/// The simple query protocol: many statements in one text, without parameters. For migrations, transaction control and COPY.
extension PostgresSession {
    /// Runs the text and returns the last statement's command tag. All results are read, also after an error.
    @discardableResult
    func simple(_ sql: String, name: String, until deadline: PostgresDeadline, shielded: Bool = false) async throws -> String {
        try await sendPending(until: deadline)
        guard PQsendQuery(handle, sql) == 1 else { throw lost(statement: name) }
        try await flush(until: deadline, shielded: shielded)
        var tag = ""
        var error: PostgresError?
        while let result = try await nextResult(until: deadline, shielded: shielded) {
            switch PQresultStatus(result.handle) {
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                markBroken()
                throw PostgresError(.usage, "COPY cannot run in a script: use copyIn", statement: name)
            case PGRES_FATAL_ERROR:
                error = error ?? failure(result, statement: name)
                if isBroken { throw error ?? lost(statement: name) }
            default: tag = String(cString: PQcmdStatus(result.handle))
            }
        }
        if let error { throw error }
        return tag
    }

    /// Runs the queued steps and a pending BEGIN.
    func sendPending(until deadline: PostgresDeadline) async throws {
        if !queue.entries.isEmpty { _ = try await run([], until: deadline) }
        guard let begin = pendingBegin else { return }
        pendingBegin = nil
        try await simple(begin, name: "begin", until: deadline)
    }
}
