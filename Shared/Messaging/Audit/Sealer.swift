import Foundation
import Kernel
import Logging
import Messages
import Postgres

/// Chains the committed rows of the audit trail by hash, a handful at a time, and tells other services now and then how far it has come.
///
/// Ids are given before they are committed, so rows do not become visible in the order of their ids. A seal therefore names the rows it covers;
/// `settled_id` is the id up to which every row is sealed or will never be there.
struct Sealer: Sendable {
    let service: String
    let pool: PostgresPool
    let ids: UUIDv7Source
    let headInterval: Duration
    let hasSaid: @Sendable () -> Void
    let logger: Logger

    /// A seal covers at most this many rows.
    static let rowsASeal = 1000
    private static let pause = Duration.seconds(1)

    /// Runs until the task is cancelled. A failure waits for the next round: nothing is lost by sealing later.
    func run() async {
        while !Task.isCancelled {
            do {
                if try await round() == Self.rowsASeal { continue }
            } catch {
                if !Task.isCancelled { logger.info("sealing waits", metadata: ["error": "\(LaneFailure.explanation(error))"]) }
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// Makes at most one seal, and tells the head when that is due. Returns how many rows were sealed; 0 too when another instance is at it.
    func round() async throws -> Int {
        let (sealed, hasTold) = try await pool.withTransaction("seal") { connection in
            guard try await Self.isAlone(on: connection) else { return (0, false) }
            // Looked at before the rows are: a row that may still come after this look is not among those that are taken for settled.
            let isRipe = try await connection.query(SealStatements.ripe).first?.decode(column: 0, as: Bool.self) ?? false
            let head = try await Self.head(on: connection)
            let rows = try await connection.query(SealStatements.unsealed, Int64(Self.rowsASeal)).decode(Int64.self, String.self)
            let sealed = try await seal(rows, after: head, on: connection)
            if isRipe, rows.count < Self.rowsASeal { _ = try await connection.execute(SealStatements.settle) }
            return (rows.count, try await tell(sealed ?? head, on: connection))
        }
        if hasTold { hasSaid() }
        return sealed
    }

    /// The last seal's number and hash; 0 and nothing before the first.
    struct Head: Sendable {
        var number: Int64 = 0
        var hash: [UInt8] = []
    }

    private static func isAlone(on connection: PostgresConnection) async throws -> Bool {
        try await connection.query(SealStatements.alone).first?.decode(column: 0, as: Bool.self) ?? false
    }

    private static func head(on connection: PostgresConnection) async throws -> Head {
        let rows = try await connection.query(SealStatements.head).decode(Int64.self, [UInt8].self)
        return rows.first.map { Head(number: $0.0, hash: $0.1) } ?? Head()
    }

    private func seal(_ rows: [(Int64, String)], after head: Head, on connection: PostgresConnection) async throws -> Head? {
        guard let highest = rows.last?.0 else { return nil }
        let hashes = rows.flatMap { AuditHash.row($0.1) }
        let number = head.number + 1
        let hash = AuditHash.seal(after: head.hash, number: number, rowHashes: hashes)
        _ = try await connection.execute(SealStatements.write, number, rows.map(\.0), highest, hashes, hash)
        return Head(number: number, hash: hash)
    }

    private func tell(_ head: Head, on connection: PostgresConnection) async throws -> Bool {
        guard try await connection.execute(SealStatements.mayTell, head.number, headInterval.milliseconds) == 1 else { return false }
        let now = WallClock().now()
        let body = try MessageBody.encode(AuditSealed(number: head.number, hash: AuditHash.text(head.hash)))
        try await OutboxWriter.write(
            [
                OutboxDraft(
                    id: ids.next(at: now), topic: Topic.events(of: service), key: "audit", type: AuditSealed.type, isVersioned: true,
                    time: now, body: body)
            ], on: connection)
        return true
    }
}

/// The SQL of sealing.
enum SealStatements {
    /// One sealer at a time: whoever has the lock keeps it to the end of its transaction.
    static let alone = PostgresStatement("seal.alone", "select pg_try_advisory_xact_lock(hashtext('quan.audit-seal'))")

    /// Every id up to the greatest that is visible at one moment was given before it, by a transaction that had begun. Once all that had begun
    /// then have ended, no row with such an id can come any more: the candidate is ripe.
    static let ripe = PostgresStatement(
        "seal.ripe", "select pg_snapshot_xmin(pg_current_snapshot()) >= candidate_xmax from audit_sealer")

    /// Takes a ripe candidate, every row up to which is sealed, for settled, and chooses the next.
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

    /// Rows behind `settled_id` that no seal names. A row at or before it that none names was put there afterwards; see `VerifyAudit`.
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

    static let mayTell = PostgresStatement(
        "seal.may-tell",
        """
        update audit_sealer set told_number = $1, told_at = clock_timestamp()
        where told_number < $1 and told_at <= clock_timestamp() - $2::bigint * interval '1 millisecond'
        """)
}
