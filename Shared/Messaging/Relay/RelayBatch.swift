import Foundation
import Kafka
import Kernel
import Messages
import Postgres

/// A row of the outbox on its way to Kafka.
struct RelayRow: Sendable {
    let shard: Int16
    let position: Int64
    let sequence: Int64
    let topic: String
    /// The record's key, payload and headers.
    let parts: KafkaRecordParts
    /// Whether it is published out of turn, from `outbox_deferred`.
    let isDeferred: Bool
    /// When it was claimed, if keys of its shard were stopped at that time.
    let besideStoppedAt: Date?
    /// Whether its turn passes without it: it is in `outbox_deferred`, and is published later.
    var isSkipped: Bool

    /// The record as Kafka gets it.
    func record(partitions: Int) -> KafkaProducerRecord {
        KafkaProducerRecord(topic: topic, partition: Shard.partition(of: shard, partitions: partitions), parts: parts)
    }

    var key: RelayKey { RelayKey(topic: topic, key: String(decoding: record(partitions: 1).key ?? [], as: UTF8.self)) }
}

/// A key of a topic.
struct RelayKey: Sendable, Hashable {
    let topic: String
    let key: String
}

/// The rows that a relay claims at a time.
struct RelayBatch: Sendable {
    /// At most this many rows of a topic's shard are claimed.
    static let rowsPerShard: Int64 = 250
    /// At most this many bytes of a shard's deferred rows are claimed, and one row more.
    static let deferredBytesPerShard: Int64 = 1 << 20

    /// In the order of their numbers.
    private(set) var rows: [RelayRow]

    init(_ rows: [RelayRow]) { self.rows = rows.sorted { $0.sequence < $1.sequence } }

    /// Reads the result of `RelayStatements.claim`.
    init(_ claimed: PostgresRows?, source: String) throws {
        self.init(try claimed.map { try RelayRow.rows($0, source: source) } ?? [])
    }

    var isEmpty: Bool { rows.isEmpty }

    /// The rows to be produced.
    var toPublish: [RelayRow] { rows.filter { !$0.isSkipped } }

    /// Defers the rows whose key is stopped, until the key continues.
    mutating func skipBlocked(on connection: PostgresConnection) async throws {
        guard let instant = rows.lazy.compactMap(\.besideStoppedAt).first else { return }
        let shards = Set(rows.filter { $0.besideStoppedAt != nil }.map(\.shard))
        let stopped = try await connection.query(RelayStatements.blocked, Array(shards), instant)
            .decode(String.self, String.self, Int64.self, Date.self)
        let heads = Dictionary(stopped.map { (RelayKey(topic: $0.0, key: $0.1), (sequence: $0.2, until: $0.3)) }) { first, _ in first }
        var deferred: [(row: RelayRow, until: Date)] = []
        for index in rows.indices where rows[index].besideStoppedAt != nil {
            guard let head = heads[rows[index].key], rows[index].sequence >= head.sequence else { continue }
            rows[index].isSkipped = true
            deferred.append((rows[index], head.until))
        }
        guard !deferred.isEmpty else { return }
        _ = try await connection.execute(
            RelayStatements.deferBehind, [deferred.map(\.row.shard), deferred.map(\.row.position), deferred.map(\.until)])
    }
}

/// The result of producing a batch, as it is recorded in the outbox.
///
/// A key stops at its first record that failed, whatever became of those behind it. A topic's shard is published as far as nothing has to be
/// produced again; what lies behind that is produced once more.
struct RelayResult: Sendable {
    private struct Place: Hashable, Comparable {
        let shard: Int16
        let topic: String

        static func < (a: Place, b: Place) -> Bool { (a.shard, a.topic) < (b.shard, b.topic) }
    }

    /// How far each topic's shard is published.
    private var progress: [Place: Int64] = [:]
    /// The published rows that were deferred.
    private var cleared: [RelayRow] = []
    /// The rows whose key failed in a way that an immediate retry does not mend.
    private var blocked: [RelayRow] = []
    private(set) var publishedCount = 0
    private(set) var failedCount = 0
    private(set) var firstError: KafkaError?
    /// Whether some rows are to be tried again at once.
    private(set) var hasTransientFailure = false

    init() {}

    /// - Parameter results: of the batch's rows that are not skipped, in order
    init(_ batch: RelayBatch, _ results: [Result<KafkaRecordMetadata, KafkaError>]) {
        var results = results.makeIterator()
        var failures: [RelayKey: KafkaError] = [:]
        var halted: Set<Place> = []
        for row in batch.rows {
            let place = Place(shard: row.shard, topic: row.topic)
            var failure: KafkaError?
            if !row.isSkipped {
                // A row without a result is produced again, with all rows behind it.
                guard let outcome = results.next() else { break }
                if case .failure(let error) = outcome, failures[row.key] == nil {
                    failures[row.key] = error
                    firstError = firstError ?? error
                }
                // Almost always nothing failed.
                failure = failures.isEmpty ? nil : failures[row.key]
                if failure == nil { publishedCount += 1 } else { failedCount += 1 }
            }
            if let failure {
                if failure.isRetriable, !failure.isUnknownTopic {
                    hasTransientFailure = true
                    if !row.isDeferred { halted.insert(place) }
                    continue
                }
                blocked.append(row)
            } else if row.isDeferred, !row.isSkipped {
                cleared.append(row)
            }
            if !row.isDeferred, !halted.contains(place) { progress[place] = row.sequence }
        }
    }

    /// Whether there is nothing to record.
    var isEmpty: Bool { progress.isEmpty && cleared.isEmpty && blocked.isEmpty }

    /// The steps that record it. Blocked rows are deferred by the statement before the one that lets their turn pass.
    func steps(blockedFor pause: Duration) -> [PostgresStep] {
        var steps: [PostgresStep] = []
        if !blocked.isEmpty {
            steps.append(PostgresStep(RelayStatements.block, [blocked.map(\.shard), blocked.map(\.position), pause.milliseconds]))
        }
        if !progress.isEmpty {
            let all = progress.sorted { $0.key < $1.key }
            steps.append(PostgresStep(RelayStatements.advance, [all.map(\.key.shard), all.map(\.key.topic), all.map(\.value)]))
        }
        if !cleared.isEmpty { steps.append(PostgresStep(RelayStatements.clear, [cleared.map(\.shard), cleared.map(\.position)])) }
        return steps
    }
}
