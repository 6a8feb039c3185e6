import Foundation
import Kafka
import Kernel
import Messages
import Postgres

/// Redrives the messages parked under a key: first the head, then the messages behind it in order, each in a transaction of its own. It
/// stops at the first message that fails again.
struct Redrive<Rows: UnitOfWork>: Sendable {
    let pool: PostgresPool
    let processor: BatchProcessor<Rows>
    let reader: Reader<Rows>

    /// The result of a redrive.
    struct Report: Codable, Sendable, Hashable {
        /// The number of messages redriven.
        var taken = 0
        /// The row at which it stopped; nil if nothing is left under the key.
        var stoppedAt: Int64?
        /// Why it stopped.
        var explanation: String?
        /// The number of commands refused because the key was at its bound; nil for none.
        var refused: Int64?
        /// The number of messages dropped because the key was at its bound, and now requested again; nil for none.
        var askedAgain: Int64?
    }

    private struct Row: Sendable {
        let id: Int64
        let record: KafkaRecord
    }

    private enum Attempt: Sendable {
        case redriven
        case nothingLeft
        case unknownRow
        case failed(id: Int64, reason: String, explanation: String)
    }

    /// Redrives the key of the row `parkedID`. `request` is the id of the operator's command: if the process dies, a repetition of the
    /// command continues where it stopped. The key stays parked, even with no rows left, until `release`.
    func run(parkedID: Int64, request: UUID, discarding discard: DiscardParked? = nil) async throws -> Result<Report, Refusal> {
        var report = Report()
        if let discard {
            guard try await discardHead(discard, request: request) else { return .failure(Self.unknownRow(parkedID)) }
        }
        // Twice the bound, because as many again may be queued meanwhile.
        while report.taken < 2 * processor.parking.rowsPerKeyAtMost {
            switch try await redriveFirst(parkedID: parkedID, request: request) {
            case .redriven: report.taken += 1
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
        // With nothing left the key is released: an operator could not name a row of it any more.
        let isLeft = try await pool.withTransaction("redrive.left") { try await !$0.query(ParkingStatements.left, [request]).isEmpty }
        if isLeft { report.explanation = "messages arrive faster than they are redriven; redrive again" }
        return .success(report)
    }

    /// Releases the key of a redrive in the transaction that answers it, and requests its dropped messages again. Returns the report for
    /// the answer; nil if a message was queued since the last check.
    func release(after report: Report, request: UUID, on connection: PostgresConnection) async throws -> Report? {
        guard report.explanation == nil else { return report }
        let left = try await connection.query(ParkingStatements.left, [request])
        guard left.isEmpty else { return nil }
        let answers = try await connection.pipeline([
            PostgresStep(ParkingStatements.tallies, [request]), PostgresStep(ParkingStatements.requestAgain, [request]),
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
            LocalisedText(zh: "没有编号为 \(id) 的搁置消息。", en: "There is no parked message with number \(id).")
        ).comparing("parked_id", id, .count)
    }

    private func redriveFirst(parkedID: Int64, request: UUID) async throws -> Attempt {
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
                _ = try await processor.process([incoming], ignoringParked: RawKey(row.record), on: connection)
                _ = try await connection.execute(ParkingStatements.remove, [row.id])
                return .redriven
            }
        } catch let failure as PartitionMustPause {
            // The operator gets this answer and redrives again later; later commands of the partition must not wait for it.
            guard let current else { throw failure }
            return .failed(id: current, reason: "must-wait", explanation: WorkerFailure.explanation(failure))
        } catch let error where !WorkerFailure.isTransient(error) {
            guard let current else { throw error }
            return .failed(id: current, reason: "handler-failed", explanation: WorkerFailure.explanation(error))
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

    /// Discards the head of a key: it counts as handled, and its sender is answered.
    private func discardHead(_ discard: DiscardParked, request: UUID) async throws -> Bool {
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
