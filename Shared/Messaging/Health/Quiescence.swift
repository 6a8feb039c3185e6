import Messages
import Postgres

/// How many messages a service has still to publish and to handle. The operator's tool checks it before it moves the clock of a rehearsal.
public struct Quiescence: Codable, Sendable, Hashable {
    /// The service's name.
    public let service: String
    /// How many messages are not published, or not acknowledged yet.
    public let pending: Int64
    /// How many events are held for a missing predecessor.
    public let held: Int64
    /// How many messages are parked.
    public let parked: Int64
    /// The topics it reads.
    public let reads: [String]
    /// How many sequence numbers were assigned in each topic it writes to: the sum of the shards' last numbers.
    public let produced: [String: Int64]
    /// How many sequence numbers it has received without a gap, by source and topic: the sum over the shards. No shard can be further here
    /// than at its source; so equal sums in two consecutive readings mean equality for every shard.
    public let consumed: [String: [String: Int64]]

    /// Why these services are not quiescent, one line per reason; empty when they are.
    ///
    /// They are quiescent when none has messages to publish or holds events, and each has received everything on the topics it reads.
    public static func blockers(of services: [Quiescence]) -> [String] {
        var lines: [String] = []
        for service in services {
            if service.pending > 0 { lines.append("\(service.service) has \(service.pending) messages to publish") }
            if service.held > 0 { lines.append("\(service.service) holds \(service.held) events for a missing predecessor") }
            for (topic, last) in service.produced.sorted(by: { $0.key < $1.key }) {
                for reader in services where reader.reads.contains(topic) {
                    let behind = last - (reader.consumed[service.service]?[topic] ?? 0)
                    if behind > 0 { lines.append("\(reader.service) is \(behind) messages behind \(service.service) on \(topic)") }
                }
            }
        }
        return lines
    }
}

extension Quiescence {
    /// Reads the quiescence of `service` from its database.
    static func load(service: String, reads: [String], pool: PostgresPool) async throws -> Quiescence {
        let answers = try await pool.withConnection { connection in
            try await connection.pipeline([
                PostgresStep(waiting, []), PostgresStep(sequences, []), PostgresStep(watermarks, []),
            ])
        }
        let counts = try answers[0].decode(Int64.self, Int64.self, Int64.self).first
        let produced = try answers[1].decode(String.self, Int64.self)
        var consumed: [String: [String: Int64]] = [:]
        for (source, topic, sum) in try answers[2].decode(String.self, String.self, Int64.self) {
            consumed[source, default: [:]][topic] = sum
        }
        return Quiescence(
            service: service, pending: counts?.0 ?? 0, held: counts?.1 ?? 0, parked: counts?.2 ?? 0, reads: reads.sorted(),
            produced: Dictionary(produced) { $1 }, consumed: consumed)
    }

    private static let waiting = PostgresStatement(
        "quiescence.counts",
        "select (select count(*) from outbox_waiting), (select count(*) from inbox_held), (select count(*) from parked)")
    private static let sequences = PostgresStatement(
        "quiescence.sequences", "select topic, sum(last)::bigint from outbox_sequence group by topic")
    private static let watermarks = PostgresStatement(
        "quiescence.watermarks", "select source, topic, sum(contiguous)::bigint from inbox_watermark group by source, topic")
}

extension MessagingRuntime {
    /// The service's pending work; see `Quiescence`.
    public func quiescence() async throws -> Quiescence {
        try await Quiescence.load(service: registry.service, reads: registry.topics, pool: pool)
    }
}

extension Quiescence {
    /// How many messages of these services it has not received yet.
    public func lag(behind services: [Quiescence]) -> Int64 {
        var lag: Int64 = 0
        for producer in services {
            for (topic, last) in producer.produced where reads.contains(topic) {
                lag += max(0, last - (consumed[producer.service]?[topic] ?? 0))
            }
        }
        return lag
    }
}
