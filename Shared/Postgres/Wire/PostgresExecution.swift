internal import CLibpq

/// Running statements. All use libpq's pipeline mode with one synchronisation, so a batch needs one round trip, as a single statement
/// does.
extension PostgresSession {
    /// Runs the queued steps and then these, in order. The first error fails all: the server skips later steps and, outside a
    /// transaction, undoes earlier ones, because everything between two synchronisations is one transaction.
    func run(_ steps: [PostgresStep], until deadline: PostgresDeadline) async throws -> [PostgresRows] {
        let queued = queue.entries
        guard !queued.isEmpty else { return try await perform(steps, until: deadline) }
        queue.entries = []
        let rows = try await perform(queued.map(\.step) + steps, until: deadline)
        queue.deliver(queued, rows)
        return Array(rows[queued.count...])
    }

    /// Runs the queued steps and the COMMIT of transaction `name` in one round trip, and returns COMMIT's tag, which is ROLLBACK when a
    /// statement failed before. `willCommit` is called right before COMMIT may be sent. Cancellation does not interrupt it.
    func commitQueued(_ name: String, until deadline: PostgresDeadline, willCommit: () -> Void) async throws -> String {
        let (queued, hook) = (queue.entries, queue.beforeCommit)
        let steps = queued.map(\.step)
        queue = PostgresQueue()
        try await prepare(steps, until: deadline, shielded: true)
        let prepared = try encode(steps)
        let rows = try await pipelined(until: deadline, shielded: true) {
            try send(steps, prepared)
        } last: {
            if let hook {
                try await flush(until: deadline, shielded: true)
                try await hook()
            }
            willCommit()
            try send("commit")
            return [name]
        }
        queue.deliver(queued, rows)
        return rows.last.map { String(cString: PQcmdStatus($0.result.handle)) } ?? ""
    }

    private func perform(_ steps: [PostgresStep], until deadline: PostgresDeadline) async throws -> [PostgresRows] {
        do {
            return try await attempt(steps, until: deadline)
        } catch let error as PostgresError where error.isStalePlanError && !isBroken {
            // A table changed after the statement was prepared, or the statement was deallocated. Inside a transaction the whole
            // transaction must run again; outside nothing has taken effect.
            statements.removeAll()
            guard !isInTransaction else { throw error }
            transactionFailure = nil
            return try await attempt(steps, until: deadline)
        }
    }

    /// The parameter types of a statement.
    func describe(_ statement: PostgresStatement, until deadline: PostgresDeadline) async throws -> [PostgresType] {
        try await prepare([PostgresStep(statement)], until: deadline)
        return statements[statement]?.parameterTypes ?? []
    }

    private func attempt(_ steps: [PostgresStep], until deadline: PostgresDeadline) async throws -> [PostgresRows] {
        try await prepare(steps, until: deadline)
        let prepared = try encode(steps)
        return try await pipelined(until: deadline) { try send(steps, prepared) }
    }

    /// Encodes the parameters of all steps into `parameters`.
    private func encode(_ steps: [PostgresStep]) throws -> [PostgresPrepared] {
        parameters.removeAll()
        return try steps.map { step in
            guard let entry = statements[step.statement] else {
                throw PostgresError(.usage, "a pipeline may use at most \(PostgresStatementCache.limit) different statements")
            }
            try parameters.append(step.parameters, for: entry)
            return entry
        }
    }

    /// Queues steps with encoded parameters, and returns their names.
    private func send(_ steps: [PostgresStep], _ prepared: [PostgresPrepared]) throws -> [String] {
        try parameters.withSteps(steps.map(\.parameters.count)) { step, count, values, lengths, formats in
            guard PQsendQueryPrepared(handle, prepared[step].serverName, count, values, lengths, formats, 1) == 1 else {
                throw lost(statement: prepared[step].name)
            }
        }
        return prepared.map(\.name)
    }

    /// Prepares the statements that this connection has not prepared yet, in one round trip, and reads their parameter types, because
    /// values are encoded as the types that the server expects.
    private func prepare(_ steps: [PostgresStep], until deadline: PostgresDeadline, shielded: Bool = false) async throws {
        var missing: [PostgresStatement] = []
        for step in steps where statements[step.statement] == nil && !missing.contains(step.statement) {
            missing.append(step.statement)
        }
        if missing.isEmpty { return }
        if statements.isFull {
            statements.removeAll()
            missing = steps.map(\.statement).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        }
        let names = missing.map { _ in statements.nextServerName() }
        let deallocates = statements.isServerStale
        let described = try await pipelined(until: deadline, shielded: shielded) {
            if deallocates { try send("deallocate all") }
            for (statement, name) in zip(missing, names) {
                guard PQsendPrepare(handle, name, statement.sql, 0, nil) == 1, PQsendDescribePrepared(handle, name) == 1 else {
                    throw lost(statement: statement.name)
                }
            }
            return (deallocates ? ["deallocate all"] : []) + missing.flatMap { [$0.name, $0.name] }
        }
        if deallocates { statements.didDeallocate() }
        for (index, statement) in missing.enumerated() {
            let answer = described[index * 2 + 1 + (deallocates ? 1 : 0)].result.handle
            let types = (0..<PQnparams(answer)).map { PostgresType(rawValue: PQparamtype(answer, $0)) }
            statements.insert(statement, PostgresPrepared(name: statement.name, serverName: names[index], parameterTypes: types))
        }
    }

    /// Sends a pending BEGIN and the statements queued by `queue` and then `last`, and collects one result for each name they return.
    private func pipelined(
        until deadline: PostgresDeadline, shielded: Bool = false, _ queue: () throws -> [String],
        last: () async throws -> [String] = { [] }
    ) async throws -> [PostgresRows] {
        guard PQenterPipelineMode(handle) == 1 else { throw lost() }
        do {
            var names: [String] = []
            if let begin = pendingBegin {
                try send(begin)
                names.append("begin")
                pendingBegin = nil
            }
            let skipped = names.count
            names += try queue()
            do {
                names += try await last()
            } catch {
                // The results of what was sent are read to the end, so that the connection can be used again.
                _ = try? await end(names, until: deadline, shielded: true)
                throw error
            }
            let results = try await end(names, until: deadline, shielded: shielded)
            guard PQexitPipelineMode(handle) == 1 else { throw lost() }
            return skipped == 0 ? results : Array(results[skipped...])
        } catch {
            // The protocol state is known only after a server error whose results were read up to the synchronisation.
            if !isBroken && PQexitPipelineMode(handle) != 1 { markBroken() }
            throw error
        }
    }

    /// Ends a pipeline: flushes it and collects the results.
    private func end(_ names: [String], until deadline: PostgresDeadline, shielded: Bool) async throws -> [PostgresRows] {
        guard PQpipelineSync(handle) == 1 else { throw lost() }
        try await flush(until: deadline, shielded: shielded)
        return try await collect(names, until: deadline, shielded: shielded)
    }

    private func send(_ sql: String) throws {
        guard PQsendQueryParams(handle, sql, 0, nil, nil, nil, nil, 1) == 1 else { throw lost() }
    }

    /// Reads all results up to the synchronisation, so that the connection can be used again.
    private func collect(_ names: [String], until deadline: PostgresDeadline, shielded: Bool) async throws -> [PostgresRows] {
        var rows: [PostgresRows] = []
        rows.reserveCapacity(names.count)
        var error: PostgresError?
        for name in names {
            guard let result = try await nextResult(until: deadline, shielded: shielded) else { throw lost(statement: name) }
            switch PQresultStatus(result.handle) {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: rows.append(PostgresRows(result, statement: name))
            case PGRES_PIPELINE_ABORTED: break
            case PGRES_FATAL_ERROR: error = error ?? failure(result, statement: name)
            default:
                markBroken()
                throw PostgresError(.usage, "COPY cannot run as a statement: use copyIn", statement: name)
            }
            if isBroken { throw error ?? lost(statement: name) }
            guard try await nextResult(until: deadline, shielded: shielded) == nil else { throw lost(statement: name) }
        }
        guard let end = try await nextResult(until: deadline, shielded: shielded) else { throw lost() }
        // A deferred constraint fails here, when the synchronisation commits.
        if PQresultStatus(end.handle) == PGRES_FATAL_ERROR {
            error = error ?? failure(end, statement: names.last)
            if isBroken { throw error ?? lost() }
            _ = try await nextResult(until: deadline, shielded: shielded)
            guard let sync = try await nextResult(until: deadline, shielded: shielded), PQresultStatus(sync.handle) == PGRES_PIPELINE_SYNC
            else { throw lost() }
        }
        if let error { throw error }
        return rows
    }
}

extension PostgresError {
    /// `cached plan must not change result type` (0A000, whose text may be translated), or a deallocated statement (26000).
    var isStalePlanError: Bool { sqlState == "0A000" || sqlState == "26000" }
}
