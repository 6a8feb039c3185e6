import Foundation
import Kafka
import Messages
import Postgres

/// One row of the outbox on its way out.
struct RelayRow: Sendable {
    let shard: Int16
    let position: Int64
    let sequence: Int64
    let topic: String
    let key: String
    let headers: [KafkaHeader]
    let body: [UInt8]
    /// When it was claimed, if then something of its shard stood still.
    let besideStopped: Date?

    /// The record as Kafka gets it.
    func record(partitions: Int) -> KafkaOutgoing {
        KafkaOutgoing(
            topic: topic, partition: Shard.partition(of: shard, partitions: partitions), key: Array(key.utf8), value: body, headers: headers
        )
    }
}

extension RelayRow {
    /// Reads what `RelayStatements.claim` selects. What the outbox holds was checked when it was written; it goes out as it stands.
    static func rows(_ rows: PostgresRows, source: String) throws -> [RelayRow] {
        let source = Array(source.utf8)
        return try rows.decode(
            Int16.self, Int64.self, Int64.self, UUID.self, String.self, String.self, Int64?.self, String.self, Date.self, UUID?.self,
            String?.self, String?.self, [UInt8].self, Bool.self, Date.self
        ).map { row in
            RelayRow(
                shard: row.0, position: row.1, sequence: row.2, topic: row.4, key: row.5,
                headers: EnvelopeHeaders.headers(
                    id: row.3, source: source, type: row.7, time: row.8, version: row.6, cause: row.9, trace: row.10, token: row.11)
                    + EnvelopeHeaders.headers(of: SequencePlace(shard: row.0, sequence: row.2)),
                body: row.12, besideStopped: row.13 ? row.14 : nil)
        }
    }
}

/// A key of a topic, as the relay stops it.
struct RelayKey: Sendable, Hashable {
    let topic: String
    let key: String

    init(_ row: RelayRow) { self.init(topic: row.topic, key: row.key) }

    init(topic: String, key: String) {
        self.topic = topic
        self.key = key
    }
}

/// What became of a batch: a key stops at its first record that failed, whatever became of those behind it.
struct RelayVerdict: Sendable {
    private(set) var published: [RelayRow] = []
    private(set) var stopped: [RelayRow] = []
    private(set) var firstError: KafkaError?
    /// Those of the stopped whose key failed in a way that trying again at once will not mend.
    private(set) var lasting: [RelayRow] = []

    init(_ rows: [RelayRow], _ results: [Result<KafkaPlace, KafkaError>]) {
        var failed: [RelayKey: KafkaError] = [:]
        for (row, result) in zip(rows, results) {
            if case .failure(let error) = result, failed[RelayKey(row)] == nil {
                failed[RelayKey(row)] = error
                firstError = firstError ?? error
            }
            // Almost always nothing failed, and no key need be looked up.
            if !failed.isEmpty, let error = failed[RelayKey(row)] {
                stopped.append(row)
                if !error.isRetriable || error.isUnknownTopic { lasting.append(row) }
            } else {
                published.append(row)
            }
        }
    }

    /// Whether some rows had better be tried again at once.
    var hasPassingFailure: Bool { lasting.count < stopped.count }
}
