import Foundation
import ISO20022
import Kernel
import Logging
import Messages
import Messaging
import Metrics
import PayoutDomain
import Postgres

/// Fetches the bank's statement periodically, compares our books with it, and publishes changed findings.
struct StatementFetcher: Sendable {
    let publisher: OutboxPublisher
    let channel: any BankChannel
    let pool: PostgresPool
    let options: BankOptions
    let clock: any InstantSource
    let logger: Logger

    /// Runs until the task is cancelled.
    func run() async throws {
        while true {
            do {
                try await reconcile()
            } catch is CancellationError {
                return
            } catch let fault as XMLFault {
                logger.error(
                    "the bank's statement is refused as a whole",
                    metadata: ["statement": "\(fault.documentID ?? "")", "fault": "\(fault)"])
            } catch {
                logger.notice("cannot fetch the bank's statement", metadata: ["error": "\(error)"])
            }
            try await Task.sleep(for: options.statementEvery)
        }
    }

    /// Fetches the statement and compares our books with it. A refused or missing statement is recorded, and its fault is thrown.
    ///
    /// The statement's time is the database's time before the request, because every payment that was final by then must be on it.
    @discardableResult
    func reconcile() async throws -> PayoutsReconciled {
        let fetchedAt = try await pool.withConnection { try await $0.query(Self.time).decode(Date.self).first } ?? clock.now()
        let statements = try await statements(at: fetchedAt)
        let result = try await publisher.transaction("payout.reconcile", at: clock.now()) { connection, output in
            try await StatementRecorder.save(statements, fetchedAt: fetchedAt, on: connection)
            var rows = PayoutRows()
            rows.statement.isRequested = true
            try await rows.load(connection)
            let result = Reconciliation.compare(rows.statement.input)
            let before = try await connection.query(Self.readFindings).decode(PostgresJSON?.self).first ?? nil
            let known = try before?.decode([PayoutsReconciled.Finding].self) ?? []
            if try await connection.execute(Self.saveFindings, try PostgresJSON(encoding: result.findings)) > 0 {
                try output.publish(result, key: "reconciliation")
            }
            try await ReturnAlerts.raise(for: result.findings, known: known, at: clock.now(), on: connection, output: &output)
            return result
        }
        Gauge(label: "payout_reconciliation_findings").record(result.findings.count)
        if !result.findings.isEmpty {
            logger.error("our books and the bank's statement differ", metadata: ["findings": "\(result.findings.count)"])
        }
        return result
    }

    private func statements(at fetchedAt: Date) async throws -> [AccountStatement] {
        let refused = Gauge(label: "payout_statement_refused")
        do {
            let bytes = try await channel.statement()
            let statements = try AccountStatement.reading(bytes, rules: options.statementRules)
            refused.record(0)
            return statements
        } catch let fault as XMLFault {
            refused.record(1)
            let place = [fault.line.map { "line \($0)" }, fault.place].compactMap { $0 }.joined(separator: ", ")
            try await record(
                StatementTrouble(
                    kind: .refused, statementID: BankReferenceText.clipped(fault.documentID ?? "?"),
                    place: place.isEmpty ? "Document" : CommentText.clipped(place), reason: fault.reason), at: fetchedAt)
            throw fault
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            let text = ReasonText.clipped("\(error)")
            try await record(
                StatementTrouble(kind: .unfetched, statementID: "", place: "", reason: LocalisedText(zh: text, en: text)), at: fetchedAt)
            throw error
        }
    }

    private func record(_ trouble: StatementTrouble, at fetchedAt: Date) async throws {
        try await pool.withConnection { try await StatementRecorder.recordTrouble(trouble, at: fetchedAt, on: $0) }
    }

    private static let time = PostgresStatement("statement.now", "select clock_timestamp()")
    private static let readFindings = PostgresStatement("statement.read-findings", "select findings from bank_statement")
    private static let saveFindings = PostgresStatement(
        "statement.findings", "update bank_statement set findings = $1 where findings is distinct from $1")
}
