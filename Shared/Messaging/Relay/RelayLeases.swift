import Foundation
import Kernel
import Messages
import Postgres
import Synchronization

/// Distributes the shards over the relays that are alive. A lease is kept by renewing it; one that is not renewed in time is free for
/// others. Everyone measures leases on the database's clock.
final class RelayLeases: Sendable {
    let holder: UUID
    let term: Duration
    private let pool: PostgresPool
    private let holdsAll = Atomic(false)

    init(holder: UUID, pool: PostgresPool, term: Duration) { (self.holder, self.pool, self.term) = (holder, pool, term) }

    /// Whether this relay held all shards and no other relay was alive when it last looked.
    var isOnlyHolder: Bool { holdsAll.load(ordering: .relaxed) }

    /// Renews the held leases, releases those beyond a fair share, and acquires free ones. Returns the number of held shards.
    func maintain() async throws -> Int {
        try await pool.withTransaction("relay.leases") { connection in
            let term = term.milliseconds
            let answers = try await connection.pipeline([
                PostgresStep(RelayStatements.appear, [holder]), PostgresStep(RelayStatements.forgetDead, [term]),
                PostgresStep(RelayStatements.census, []), PostgresStep(RelayStatements.renew, [holder, term]),
            ])
            let alive = max(1, Int(try answers[2].decode(Int64.self).first ?? 1))
            let held = try answers[3].decode(Int16.self).sorted()
            let fairShare = (Int(Shard.count) + alive - 1) / alive
            holdsAll.store(alive == 1 && held.count == Int(Shard.count), ordering: .relaxed)
            if held.count > fairShare {
                _ = try await connection.execute(RelayStatements.release, [holder, Array(held.dropFirst(fairShare))])
                return fairShare
            }
            guard held.count < fairShare else { return held.count }
            return held.count + (try await connection.query(RelayStatements.acquire, [holder, term, Int64(fairShare - held.count)])).count
        }
    }

    /// Releases everything, so that others need not wait for the term to end.
    func depart() async throws {
        try await pool.withTransaction("relay.depart") { connection in
            _ = try await connection.execute(RelayStatements.release, [holder, Array(0..<Shard.count)])
            _ = try await connection.execute(RelayStatements.depart, [holder])
        }
    }
}
