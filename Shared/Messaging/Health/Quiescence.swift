import Messages
import Postgres

/// How far a service has come with everything it was told, and whether it still has something to say: what an operator's tool looks at before
/// it moves the clock of a rehearsal.
public struct Quiescence: Codable, Sendable, Hashable {
    /// The service.
    public let service: String
    /// How many messages wait to be published, or to be acknowledged.
    public let pending: Int64
    /// How many events are held for one that has not come.
    public let held: Int64
    /// How many messages are set aside.
    public let parked: Int64
    /// The topics it reads.
    public let reads: [String]
    /// How many numbers were given in each topic it writes to: the sum of the last numbers of its shards.
    public let produced: [String: Int64]
    /// How many of them it has, without a hole before them, by source and topic: the sum over the shards. A shard can be no further here than
    /// at its source. So two sums that stay the same from one look to the next, and are the same, mean the same shard by shard.
    public let consumed: [String: [String: Int64]]

    /// Why these services are not quiet together, a line each; empty when they are.
    ///
    /// Quiet is: nobody has anything to publish or holds anything back, and everybody has taken everything that is on what it reads.
    public static func unrest(of services: [Quiescence]) -> [String] {
        var lines: [String] = []
        for service in services {
            if service.pending > 0 { lines.append("\(service.service) has \(service.pending) messages to publish") }
            if service.held > 0 { lines.append("\(service.service) holds \(service.held) events for one that has not come") }
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
    /// What the database of `service` says.
    static func look(service: String, reads: [String], pool: PostgresPool) async throws -> Quiescence {
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
    /// How far the service has come; see `Quiescence`.
    public func quiescence() async throws -> Quiescence {
        try await Quiescence.look(service: contents.service, reads: contents.topics, pool: pool)
    }
}

extension Quiescence {
    /// How many messages of these services it has not taken yet.
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
