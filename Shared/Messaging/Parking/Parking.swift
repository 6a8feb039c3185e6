import Foundation
import Kafka
import Kernel
import Messages
import Postgres

/// Sets messages aside, and keeps what follows them under the same key in order behind them.
struct Parking: Sendable {
    let service: String
    /// At most this many rows are kept under one key; beyond it the partition waits.
    let rowsAKeyAtMost: Int

    /// Puts records aside in the transaction that covers their offsets, and adds a notice for each that is new at the head
    /// of its key. Throws `PartitionMustWait` when a key has more rows than are allowed. Returns how many were put aside.
    func put<Rows: WorkingRows>(
        _ aside: [(incoming: Incoming<Rows>, isHead: Bool)], into drafts: inout [OutboxDraft], ids: UUIDv7Source,
        on connection: PostgresConnection
    ) async throws -> Int {
        guard !aside.isEmpty else { return 0 }
        let records = aside.map(\.incoming.record)
        let keys: [any PostgresEncodable] = [records.map(\.topic), records.map { $0.key ?? [] }]
        let reasons = aside.map { $0.isHead ? $0.incoming.whyUnreadable : Self.behind }
        let answers = try await connection.pipeline([
            PostgresStep(ParkingStatements.block, keys),
            PostgresStep(
                ParkingStatements.put,
                keys + [
                    records.map(\.partition), records.map(\.offset), records.map { $0.timestamp ?? Date(timeIntervalSince1970: 0) },
                    try aside.map { try StoredHeaders.json($0.incoming.headersToKeep) }, records.map(\.value),
                    aside.map(\.isHead), reasons.map(\.reason), reasons.map(\.explanation),
                ] as [any PostgresEncodable]),
            PostgresStep(ParkingStatements.count, keys),
        ])
        for (rows, topic, key) in try answers[2].decode(Int32.self, String.self, [UInt8].self) where rows > rowsAKeyAtMost {
            let full = RawKey(topic: topic, bytes: key)
            guard let record = records.first(where: { RawKey($0) == full }) else { continue }
            throw PartitionMustWait(
                partition: record.topicPartition, reason: ParkingFull(service: service, rowsAKeyAtMost: rowsAKeyAtMost))
        }
        for row in try answers[1].decode(Int64.self, String.self, Int32.self, Int64.self, String.self, Bool.self) where row.5 {
            drafts.append(try notice(row.0, topic: row.1, partition: row.2, offset: row.3, reason: row.4, ids: ids))
        }
        return answers[1].count
    }

    private static let behind = (reason: "behind-parked", explanation: "an earlier message of this key is set aside")

    private func notice(
        _ id: Int64, topic: String, partition: Int32, offset: Int64, reason: String, ids: UUIDv7Source
    ) throws -> OutboxDraft {
        let now = WallClock().now()
        return OutboxDraft(
            id: ids.next(at: now), topic: Topic.parked(of: service), key: "parked/\(id)", type: MessageParked.type, isVersioned: false,
            time: now,
            body: try MessageBody.encode(
                MessageParked(parkedID: id, topic: topic, partition: partition, offset: offset, reason: reason)))
    }
}

/// A key has as many rows behind what is set aside as are allowed: its partition waits until an operator has looked.
struct ParkingFull: Error, CustomStringConvertible {
    let service: String
    let rowsAKeyAtMost: Int

    var description: String {
        "more than \(rowsAKeyAtMost) messages wait behind one that is set aside; redrive or discard what \(service) has parked"
    }
}

extension Incoming {
    /// A command keeps its token, for it is unanswered: without it nobody could take it up again. It goes with the row. Nothing else needs one.
    var headersToKeep: [KafkaHeader] {
        let isCommand = envelope.map { $0.version == nil } ?? false
        return isCommand ? record.headers : record.headers.withoutToken
    }

    var whyUnreadable: (reason: String, explanation: String) {
        if case .unreadable(let reason, let explanation) = content { return (reason, explanation) }
        return ("unknown", "set aside without a reason")
    }
}
