import Foundation
import ISO20022
import Kernel
import Logging
import Messages
import Messaging
import Metrics
import PayoutDomain
import Postgres

/// Fetches the bank's statement now and then, holds our books against it, and tells when the findings change.
struct StatementKeeper: Sendable {
    let speaker: Speaker
    let channel: any BankChannel
    let pool: PostgresPool
    let options: BankOptions
    let clock: any InstantSource
    let logger: Logger

    /// Works until the task is cancelled.
    func run() async throws {
        while true {
            do {
                try await round()
            } catch is CancellationError {
                return
            } catch {
                logger.notice("the bank's statement was not fetched", metadata: ["error": "\(error)"])
            }
            try await Task.sleep(for: options.statementEvery)
        }
    }

    /// Fetches the statement and compares.
    ///
    /// Its time is the database's before it is asked for: what our books had as final by then, the statement must know.
    @discardableResult
    func round() async throws -> PayoutsReconciled {
        let fetchedAt = try await pool.withConnection { try await $0.query(Self.time).decode(Date.self).first } ?? clock.now()
        let statement = try await channel.statement()
        let result = try await speaker.transaction("payout.reconcile", at: clock.now()) { connection, say in
            try await keep(statement, fetchedAt: fetchedAt, on: connection)
            var rows = PayoutRows()
            rows.statement.isWanted = true
            try await rows.load(connection)
            let result = Reconciliation.compare(
                attempts: rows.statement.attempts, bookings: rows.statement.bookings, bookedSince: rows.statement.bookedSince,
                statementAt: rows.statement.fetchedAt ?? fetchedAt)
            let findings = try PostgresJSON(encoding: result.findings)
            if try await connection.execute(Self.noteFindings, findings) > 0 { try say.publish(result, key: "reconciliation") }
            return result
        }
        Gauge(label: "payout_reconciliation_findings").record(result.findings.count)
        if !result.findings.isEmpty {
            logger.error("our books and the bank's differ", metadata: ["findings": "\(result.findings.count)"])
        }
        return result
    }

    /// Puts the statement in the place of an older one. One row is locked, so that instances come one after another.
    private func keep(_ statement: AccountStatement, fetchedAt: Date, on connection: PostgresConnection) async throws {
        guard try await connection.execute(Self.begin, fetchedAt) == 1 else { return }
        let bookings = statement.bookings
        try await connection.execute(Self.clear)
        try await connection.execute(
            Self.fill, bookings.map(\.reference), bookings.map(\.endToEndID), bookings.map(\.amountFen.rawValue), bookings.map(\.at))
    }

    private static let time = PostgresStatement("statement.now", "select clock_timestamp()")
    private static let begin = PostgresStatement(
        "statement.begin",
        """
        insert into bank_statement (fetched_at) values ($1)
        on conflict (one) do update set fetched_at = excluded.fetched_at where bank_statement.fetched_at < excluded.fetched_at
        """)
    private static let clear = PostgresStatement("statement.clear", "delete from bank_booking")
    private static let fill = PostgresStatement(
        "statement.fill",
        "insert into bank_booking select * from unnest($1::text[], $2::text[], $3::bigint[], $4::timestamptz[])")
    private static let noteFindings = PostgresStatement(
        "statement.findings", "update bank_statement set findings = $1 where findings is distinct from $1")
}
