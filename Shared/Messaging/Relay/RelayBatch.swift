import Foundation
import Kafka
import Messages
import Postgres

/// One row of the outbox on its way out. It passes through many hands, which share it.
final class RelayRow: Sendable {
    let shard: Int16
    let position: Int64
    /// Whether it goes out of turn.
    let isAside: Bool
    let sequence: Int64
    let topic: String
    /// The record's key, payload and headers.
    let parts: KafkaRecordParts
    /// When it was claimed, if then something of its shard stood still.
    let besideStopped: Date?
    /// Its turn passes without it.
    let isPutOff: Bool

    init(
        shard: Int16, position: Int64, isAside: Bool, sequence: Int64, topic: String, parts: KafkaRecordParts, besideStopped: Date?,
        isPutOff: Bool = false
    ) {
        self.shard = shard
        self.position = position
        self.isAside = isAside
        self.sequence = sequence
        self.topic = topic
        self.parts = parts
        self.besideStopped = besideStopped
        self.isPutOff = isPutOff
    }

    /// The record as Kafka gets it.
    func record(partitions: Int) -> KafkaProducerRecord {
        KafkaProducerRecord(topic: topic, partition: Shard.partition(of: shard, partitions: partitions), parts: parts)
    }
}

/// A key of a topic, as the relay stops it.
struct RelayKey: Sendable, Hashable {
    let topic: String
    let key: String

    init(_ row: RelayRow) {
        self.init(topic: row.topic, key: String(decoding: row.record(partitions: 1).key ?? [], as: UTF8.self))
    }

    init(topic: String, key: String) {
        self.topic = topic
        self.key = key
    }
}

/// What a relay takes up at once.
struct RelayRound: Sendable {
    /// To be published, in the order of their numbers.
    var rows: [RelayRow] = []
    /// Aside already: put off, or behind what stands still.
    var behind: [RelayRow] = []
    /// Whether it was handed over, and not claimed.
    let isHanded: Bool

    init(rows: [RelayRow] = [], behind: [RelayRow] = [], isHanded: Bool = false) {
        self.rows = rows
        self.behind = behind
        self.isHanded = isHanded
    }

    /// What was claimed, in the order of its numbers.
    init(_ claimed: [RelayRow]) {
        isHanded = false
        rows = claimed.sorted { $0.sequence < $1.sequence }
        guard rows.contains(where: \.isPutOff) else { return }
        behind = rows.filter(\.isPutOff)
        rows.removeAll(where: \.isPutOff)
    }

    /// At most so many rows of a topic's shard are taken up at once.
    static let rowsAShard: Int64 = 250

    var isEmpty: Bool { rows.isEmpty && behind.isEmpty }

    /// Whether more may wait in its shards: a share was full or ended at a large message, or what is aside went first.
    var mayHaveLeftSome: Bool {
        guard !isHanded else { return false }
        var counts = [Int64](repeating: 0, count: Int(Shard.count))
        for row in rows {
            counts[Int(row.shard)] += 1
            if row.isAside || row.parts.count > RelayStatements.largeBytes || counts[Int(row.shard)] >= Self.rowsAShard { return true }
        }
        return false
    }

    var shards: ShardSet { ShardSet(rows.map(\.shard)).union(ShardSet(behind.map(\.shard))) }

    /// What is to be noted when this became of it.
    ///
    /// What is published, and what is aside, needs no turn any more. In its turn a topic's shard is published as far as nothing had
    /// better be tried again; what lies behind that goes out once more.
    func notes(_ verdict: RelayVerdict) -> RelayNotes {
        var notes = RelayNotes(verdict.published)
        for row in behind { notes.pass(row) }
        guard !verdict.stopped.isEmpty else { return notes }
        let aside = Set(verdict.lasting.map(\.position))
        for row in verdict.stopped {
            if aside.contains(row.position) { notes.pass(row) } else { notes.halt(before: row) }
        }
        return notes
    }
}

/// What became of a batch: a key stops at its first record that failed, whatever became of those behind it.
struct RelayVerdict: Sendable {
    private(set) var published: [RelayRow] = []
    private(set) var stopped: [RelayRow] = []
    private(set) var firstError: KafkaError?
    /// Those of the stopped whose key failed in a way that trying again at once will not mend.
    private(set) var lasting: [RelayRow] = []

    init(_ rows: [RelayRow], _ results: [Result<KafkaRecordMetadata, KafkaError>]) {
        // Almost always nothing failed.
        guard results.count < rows.count || results.contains(where: \.isFailure) else {
            published = rows
            return
        }
        var failed: [RelayKey: KafkaError] = [:]
        for (row, result) in zip(rows, results) {
            if case .failure(let error) = result, failed[RelayKey(row)] == nil {
                failed[RelayKey(row)] = error
                firstError = firstError ?? error
            }
            if let error = failed[RelayKey(row)] {
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

extension Result {
    fileprivate var isFailure: Bool {
        if case .failure = self { return true }
        return false
    }
}
