import Messages
import Postgres

/// How far a service has come with everything it was told, and whether it still has something to say: what an operator's tool looks at before
/// it moves the clock of a rehearsal.
public struct Quiescence: Codable, Sendable, Hashable {
    /// Numbers by shard, the shard in decimal digits.
    public typealias Places = [String: Int64]

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
    /// The last number given in each shard of each topic it writes to.
    public let produced: [String: Places]
    /// Up to which number it has everything, of each shard of each topic of each source.
    public let consumed: [String: [String: Places]]

    /// Why these services are not quiet together, a line each; empty when they are.
    ///
    /// Quiet is: nobody has anything to publish or holds anything back, and everybody has taken everything that is on what it reads.
    public static func unrest(of services: [Quiescence]) -> [String] {
        var lines: [String] = []
        for service in services {
            if service.pending > 0 { lines.append("\(service.service) has \(service.pending) messages to publish") }
            if service.held > 0 { lines.append("\(service.service) holds \(service.held) events for one that has not come") }
            for (topic, shards) in service.produced.sorted(by: { $0.key < $1.key }) {
                for reader in services where reader.reads.contains(topic) {
                    let behind = shards.filter { (reader.consumed[service.service]?[topic]?[$0.key] ?? 0) < $0.value }.count
                    if behind > 0 { lines.append("\(reader.service) is behind \(service.service) on \(topic) in \(behind) shards") }
                }
            }
        }
        return lines
    }
}

extension Quiescence {
    /// What the database of `service` says.
    static func look(service: String, reads: [String], pool: PostgresPool) async throws -> Quiescence {
        let answers = try await pool.withTransaction("quiescence") { connection in
            try await connection.pipeline([
                PostgresStep(waiting, []), PostgresStep(sequences, []), PostgresStep(watermarks, []),
            ])
        }
        let counts = try answers[0].decode(Int64.self, Int64.self, Int64.self).first
        var produced: [String: Places] = [:]
        for (topic, shard, last) in try answers[1].decode(String.self, Int16.self, Int64.self) {
            produced[topic, default: [:]][String(shard)] = last
        }
        var consumed: [String: [String: Places]] = [:]
        for (source, topic, shard, contiguous) in try answers[2].decode(String.self, String.self, Int16.self, Int64.self) {
            consumed[source, default: [:]][topic, default: [:]][String(shard)] = contiguous
        }
        return Quiescence(
            service: service, pending: counts?.0 ?? 0, held: counts?.1 ?? 0, parked: counts?.2 ?? 0, reads: reads.sorted(),
            produced: produced,
            consumed: consumed)
    }

    private static let waiting = PostgresStatement(
        "quiescence.counts",
        "select (select count(*) from outbox_pending), (select count(*) from inbox_held), (select count(*) from parked)")
    private static let sequences = PostgresStatement("quiescence.sequences", "select topic, shard, last from outbox_sequence")
    private static let watermarks = PostgresStatement(
        "quiescence.watermarks", "select source, topic, shard, contiguous from inbox_watermark")
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
            for (topic, shards) in producer.produced where reads.contains(topic) {
                for (shard, last) in shards { lag += max(0, last - (consumed[producer.service]?[topic]?[shard] ?? 0)) }
            }
        }
        return lag
    }
}
