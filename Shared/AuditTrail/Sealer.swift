import Kernel
package import Logging
package import Messages
package import Postgres

/// Chains the committed rows of the audit trail by hash, a group at a time, and periodically publishes the chain's head to other services.
///
/// Ids are assigned before commit, so rows do not become visible in the order of their ids. A seal therefore lists the rows it covers;
/// `settled_id` is the id up to which every committed row is sealed and no further row can be committed.
package struct Sealer: Sendable {
    /// The maximum number of rows in a seal.
    static let rowsASeal = 1000
    private static let pause = Duration.seconds(1)

    private let pool: PostgresPool
    private let headInterval: Duration
    /// Writes the event with the chain's head to the outbox.
    private let write: @Sendable (AuditSealed, PostgresConnection) async throws -> Void
    /// Called after the event is committed.
    private let onCommit: @Sendable () -> Void
    private let logger: Logger

    package init(
        pool: PostgresPool, headInterval: Duration, write: @escaping @Sendable (AuditSealed, PostgresConnection) async throws -> Void,
        onCommit: @escaping @Sendable () -> Void, logger: Logger
    ) {
        (self.pool, self.headInterval, self.logger) = (pool, headInterval, logger)
        (self.write, self.onCommit) = (write, onCommit)
    }

    /// Runs until the task is cancelled. After an error it continues with the next round: rows may be sealed later.
    package func run() async {
        while !Task.isCancelled {
            do {
                if try await round() == Self.rowsASeal { continue }
            } catch {
                if !Task.isCancelled {
                    logger.info("sealing failed and will be retried", metadata: ["error": "\(error)"])
                }
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// Writes at most one seal, and publishes the head when that is due. Returns how many rows were sealed; 0 also when another instance is
    /// sealing.
    func round() async throws -> Int {
        let (sealed, hasPublishedHead) = try await pool.withTransaction("seal") { connection in
            guard try await connection.query(SealStatements.lock).decode(Bool.self).first == true else { return (0, false) }
            // Read before the rows: a row committed after this point must not count as settled.
            let isSettled = try await connection.query(SealStatements.isCandidateSettled).decode(Bool.self).first ?? false
            let last = try await connection.query(SealStatements.head).decode(Int64.self, [UInt8].self).first
            let head = last.map { Head(number: $0.0, hash: $0.1) } ?? Head()
            let rows = try await connection.query(SealStatements.unsealed, Int64(Self.rowsASeal)).decode(Int64.self, String.self)
            let sealed = try await seal(rows, after: head, on: connection)
            if isSettled, rows.count < Self.rowsASeal { _ = try await connection.execute(SealStatements.settle) }
            return (rows.count, try await publish(sealed ?? head, on: connection))
        }
        if hasPublishedHead { onCommit() }
        return sealed
    }

    /// The last seal's number and hash; 0 and empty before the first.
    struct Head: Sendable {
        var number: Int64 = 0
        var hash: [UInt8] = []
    }

    private func seal(_ rows: [(Int64, String)], after head: Head, on connection: PostgresConnection) async throws -> Head? {
        guard let highest = rows.last?.0 else { return nil }
        let hashes = rows.flatMap { AuditHash.row($0.1) }
        let number = head.number + 1
        let hash = AuditHash.seal(after: head.hash, number: number, rowHashes: hashes)
        _ = try await connection.execute(SealStatements.write, number, rows.map(\.0), highest, hashes, hash)
        return Head(number: number, hash: hash)
    }

    private func publish(_ head: Head, on connection: PostgresConnection) async throws -> Bool {
        let isDue = try await connection.execute(SealStatements.claimPublishing, head.number, headInterval.milliseconds) == 1
        guard isDue else { return false }
        try await write(AuditSealed(number: head.number, hash: AuditHash.text(head.hash)), connection)
        return true
    }
}

/// The SQL of the sealer.
enum SealStatements {
    /// One sealer at a time: the lock is held until the transaction ends.
    static let lock = PostgresStatement("seal.lock", "select pg_try_advisory_xact_lock(hashtext('quan.audit-seal'))")

    /// Every id up to the greatest visible one was assigned by a transaction that had already begun. Once all transactions of that moment
    /// have ended, no further row with such an id can be committed: the candidate is settled.
    static let isCandidateSettled = PostgresStatement(
        "seal.is-candidate-settled", "select pg_snapshot_xmin(pg_current_snapshot()) >= candidate_xmax from audit_sealer")

    /// Records a settled candidate, all rows up to which are sealed, and chooses the next candidate.
    static let settle = PostgresStatement(
        "seal.settle",
        """
        update audit_sealer s
        set settled_id = s.candidate_id, candidate_id = greatest(s.candidate_id, n.highest),
            candidate_xmax = pg_snapshot_xmax(pg_current_snapshot())
        from (select coalesce(max(id), 0) as highest from audit) n
        where s.settled_id < s.candidate_id or s.candidate_id < n.highest
        """)

    static let head = PostgresStatement("seal.head", "select number, hash from audit_seal order by number desc limit 1")

    /// Unsealed rows after `settled_id`. An unsealed row at or before it was inserted afterwards; see `VerifyAudit`.
    static let unsealed = PostgresStatement(
        "seal.unsealed",
        """
        select a.id, \(AuditHash.rowText)
        from audit a
        where a.id in (
            select id from audit where id > (select settled_id from audit_sealer)
            except
            select unnest(audit_ids) from audit_seal where highest_id > (select settled_id from audit_sealer)
            order by 1 limit $1)
        order by a.id
        """)

    static let write = PostgresStatement(
        "seal.write",
        "insert into audit_seal (number, audit_ids, highest_id, row_hashes, hash) values ($1, $2::bigint[], $3, $4::bytea, $5::bytea)")

    static let claimPublishing = PostgresStatement(
        "seal.claim-publishing",
        """
        update audit_sealer set published_number = $1, published_at = clock_timestamp()
        where published_number < $1 and published_at <= clock_timestamp() - $2::bigint * interval '1 millisecond'
        """)
}
