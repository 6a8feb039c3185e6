import Foundation
import Postgres
import Synchronization

/// Shares the shards out among the relays that are alive. A lease is kept by renewing it; one that is not renewed in time
/// is free for others. Leases are measured on the database's clock by everyone.
struct RelayLeases: Sendable {
    let holder: UUID
    let pool: PostgresPool
    let term: Duration
    let company = RelayCompany()
    let tenure = RelayTenure()

    /// Renews what is held, lets go of what is more than a fair share, takes what is free. Returns how many are held.
    func maintain() async throws -> Int {
        // What is renewed ends a term after this at the earliest.
        let until = ContinuousClock.now + term
        let held = try await maintainInDatabase()
        tenure.holds(held, until: until)
        return held.count
    }

    private func maintainInDatabase() async throws -> ShardSet {
        try await pool.withTransaction("relay.leases") { connection in
            let term = term.milliseconds
            let answers = try await connection.pipeline([
                PostgresStep(RelayStatements.appear, [holder]),
                PostgresStep(RelayStatements.forgetDead, [term]),
                PostgresStep(RelayStatements.census, []),
                PostgresStep(RelayStatements.renew, [holder, term]),
            ])
            let alive = Int(try answers[2].first?.decode(column: 0, as: Int64.self) ?? 1)
            let held = try answers[3].map { try $0.decode(column: 0, as: Int16.self) }.sorted()
            let fairShare = (Int(Shard.count) + alive - 1) / max(1, alive)
            company.isSingleInstance = alive == 1 && held.count == Int(Shard.count)
            if held.count > fairShare {
                let kept = ShardSet(held.prefix(fairShare))
                // Before others may have the rest.
                tenure.keepsOnly(kept)
                _ = try await connection.execute(RelayStatements.release, [holder, Array(held.dropFirst(fairShare))])
                return kept
            }
            guard held.count < fairShare else { return ShardSet(held) }
            let acquired = try await connection.query(RelayStatements.acquire, [holder, term, Int64(fairShare - held.count)])
            return ShardSet(held + (try acquired.map { try $0.decode(column: 0, as: Int16.self) }))
        }
    }

    /// Lets go of everything, so that others need not wait for the term to end.
    func depart() async throws {
        tenure.keepsOnly(.none)
        try await pool.withTransaction("relay.depart") { connection in
            let all = Array(0..<Shard.count)
            _ = try await connection.execute(RelayStatements.release, [holder, all])
            _ = try await connection.execute(RelayStatements.depart, [holder])
        }
    }
}

/// Whether a relay has all shards and nobody beside it, as far as it looked: then whatever is written rings here, and only what was
/// written just as others came or went has to be looked for.
final class RelayCompany: Sendable {
    private let alone = Atomic(false)

    init() {}

    var isSingleInstance: Bool {
        get { alone.load(ordering: .relaxed) }
        set { alone.store(newValue, ordering: .relaxed) }
    }
}

/// The shards whose leases a relay knows that it holds, by its own clock: it was told so no earlier than it reckons with.
final class RelayTenure: Sendable {
    private let held = Mutex((shards: ShardSet.none, until: ContinuousClock.now))

    init() {}

    /// The shards that stay this relay's for longer than this.
    func shards(beyond margin: Duration, now: ContinuousClock.Instant = .now) -> ShardSet {
        held.withLock { now + margin < $0.until ? $0.shards : .none }
    }

    func holds(_ shards: ShardSet, until: ContinuousClock.Instant) { held.withLock { $0 = (shards, until) } }

    func keepsOnly(_ shards: ShardSet) { held.withLock { $0.shards = $0.shards.intersection(shards) } }
}

extension Duration {
    /// In whole milliseconds, as the statements take it.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
