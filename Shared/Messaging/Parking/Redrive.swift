import Foundation
import Kafka
import Kernel
import Messages
import Postgres

/// Takes up what was set aside under a key: first the head, then in order what was held behind it, each in a transaction
/// of its own. Stops at the first that fails again.
struct Redrive<Rows: WorkingRows>: Sendable {
    let pool: PostgresPool
    let processor: BatchProcessor<Rows>
    let reader: Reader<Rows>

    /// How a redrive ended.
    struct Report: Codable, Sendable, Hashable {
        /// How many messages were taken.
        var taken = 0
        /// The row at which it stopped; nil when nothing is left under the key.
        var stoppedAt: Int64?
        /// Why it stopped there.
        var explanation: String?
        /// How many commands were refused because the key was full; nil for none.
        var refused: Int64?
        /// How many messages were dropped because the key was full, and are now asked for again; nil for none.
        var askedAgain: Int64?
    }

    private struct Row: Sendable {
        let id: Int64
        let record: KafkaRecord
    }

    private enum Taken: Sendable {
        case one
        case nothingLeft
        case unknownRow
        case failed(id: Int64, reason: String, explanation: String)
    }

    /// Takes up the key of the row `parkedID`. `request` is the command that asks for it: should the process die on the
    /// way, the same command goes on where it stopped. The key stays blocked, even with nothing left under it, until `release`.
    func run(parkedID: Int64, request: UUID, discarding discard: DiscardParked? = nil) async throws -> Result<Report, Refusal> {
        var report = Report()
        if let discard {
            guard try await giveUp(discard, request: request) else { return .failure(Self.unknownRow(parkedID)) }
        }
        // Twice the bound: as many may have been queued while the first were taken.
        while report.taken < 2 * processor.parking.rowsAKeyAtMost {
            switch try await takeFirst(parkedID: parkedID, request: request) {
            case .one: report.taken += 1
            case .nothingLeft: return .success(report)
            case .unknownRow: return .failure(Self.unknownRow(parkedID))
            case .failed(let id, let reason, let explanation):
                _ = try await pool.withConnection { connection in
                    try await connection.execute(ParkingStatements.failedAgain, [id, reason, explanation])
                }
                report.stoppedAt = id
                report.explanation = explanation
                return .success(report)
            }
        }
        report.explanation = "more keeps coming than can be taken; redrive once more"
        return .success(report)
    }

    /// Lets the key of a redrive go, in the transaction that answers it, and has asked for again what was dropped under it. Returns the report
    /// to answer with; nil when something was queued since the last look.
    func release(after report: Report, request: UUID, on connection: PostgresConnection) async throws -> Report? {
        guard report.explanation == nil else { return report }
        let left = try await connection.query(ParkingStatements.left, [request])
        guard left.isEmpty else { return nil }
        let answers = try await connection.pipeline([
            PostgresStep(ParkingStatements.tallies, [request]), PostgresStep(ParkingStatements.askAgain, [request]),
            PostgresStep(ParkingStatements.unblock, [request]),
        ])
        var report = report
        if let (refused, dropped) = try answers[0].decode(Int64.self, Int64.self).first {
            if refused > 0 { report.refused = refused }
            if dropped > 0 { report.askedAgain = dropped }
        }
        return report
    }

    private static func unknownRow(_ id: Int64) -> Refusal {
        PlatformRule.unknownReference.refusal(
            LocalisedText(zh: "没有编号为 \(id) 的搁置消息。", en: "Nothing is parked under number \(id).")
        ).comparing("parked_id", id, .count)
    }

    private func takeFirst(parkedID: Int64, request: UUID) async throws -> Taken {
        var current: Int64?
        do {
            return try await pool.withTransaction("redrive") { connection in
                guard let key = try await lock(parkedID: parkedID, request: request, on: connection) else { return .unknownRow }
                guard let row = try await first(of: key, on: connection) else { return .nothingLeft }
                current = row.id
                let incoming = reader.read(row.record)
                if case .unreadable(let reason, let explanation) = incoming.content {
                    return .failed(id: row.id, reason: reason, explanation: explanation)
                }
                _ = try await processor.process([incoming], passingParked: RawKey(row.record), on: connection)
                _ = try await connection.execute(ParkingStatements.remove, [row.id])
                return .one
            }
        } catch let waiting as PartitionMustWait {
            // Whoever asked is told, and asks again later: the commands behind this one must not wait with it.
            guard let current else { throw waiting }
            return .failed(id: current, reason: "must-wait", explanation: LaneFailure.explanation(waiting))
        } catch let error where !LaneFailure.isTransient(error) {
            guard let current else { throw error }
            return .failed(id: current, reason: "handler-failed", explanation: LaneFailure.explanation(error))
        }
    }

    private func lock(
        parkedID: Int64, request: UUID, on connection: PostgresConnection
    ) async throws -> (topic: String, digest: [UInt8])? {
        let rows = try await connection.query(ParkingStatements.lockByRow, [parkedID, request])
        guard let key = try rows.decode(String.self, [UInt8].self).first else { return nil }
        _ = try await connection.execute(ParkingStatements.claim, [key.0, key.1, request])
        return (key.0, key.1)
    }

    private func first(of key: (topic: String, digest: [UInt8]), on connection: PostgresConnection) async throws -> Row? {
        let rows = try await connection.query(ParkingStatements.first, [key.topic, key.digest])
        let cells = try rows.decode(
            Int64.self, String.self, [UInt8]?.self, Int32.self, Int64.self, Date.self, PostgresJSON.self, [UInt8]?.self)
        return try cells.first.map { row in
            Row(
                id: row.0,
                record: KafkaRecord(
                    topic: row.1, partition: row.3, offset: row.4, key: row.2, value: row.7,
                    headers: try row.6.decode(StoredHeaders.self).kafkaHeaders, timestamp: row.5))
        }
    }

    /// Gives the head of a key up: its place in the key's order is counted as taken, and its sender is told.
    private func giveUp(_ discard: DiscardParked, request: UUID) async throws -> Bool {
        try await pool.withTransaction("discard") { connection in
            guard let key = try await lock(parkedID: discard.parkedID, request: request, on: connection) else { return false }
            guard let row = try await first(of: key, on: connection) else { return true }
            guard row.id == discard.parkedID else { return row.id > discard.parkedID }
            try await processor.discard(reader.read(row.record), discard, request: request, on: connection)
            _ = try await connection.execute(ParkingStatements.remove, [row.id])
            return true
        }
    }
}
