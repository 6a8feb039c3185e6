import Foundation
import Kernel
import Messages
import Messaging
import PayoutDomain
import Postgres

/// Puts an alarm on disbursements that are paid in our books but whose money the bank has returned.
enum ReturnAlerts {
    /// Raises an alarm for each such finding that is not in `known`, so that an alarm that people have resolved is not raised again.
    static func raise(
        for findings: [PayoutsReconciled.Finding], known: [PayoutsReconciled.Finding], at now: Date, on connection: PostgresConnection,
        output: inout HandlerOutput
    ) async throws {
        let new = findings.filter { $0.kind == .returned && $0.oursFen != nil && !known.contains($0) }
        let ids = Set(new.compactMap(\.disbursementID))
        guard !ids.isEmpty else { return }
        var rows = PayoutRows()
        rows.disbursements.requested = ids
        try await rows.load(connection)
        for before in rows.disbursements.loaded {
            var after = before
            guard let step = after.noteReturnByBank() else { continue }
            try rows.emit(after, before: before, step: step, reason: after.alarm, at: now, &output)
            let finding = new.first { $0.disbursementID == before.id }
            let detail = ["alarm": after.alarm ?? "", "bankReference": finding?.bankReference ?? ""]
            try await connection.execute(
                writeAudit, finding?.instructionID ?? before.id, before.id.uuidString.lowercased(), try PostgresJSON(encoding: detail), now)
        }
        try rows.save(connection)
    }

    private static let writeAudit = PostgresStatement(
        "payout.audit-return",
        """
        insert into audit (message_id, type, key, source, outcome, detail, decided_at)
        values ($1, 'payout.returned-by-bank', $2, 'payout', 'done', $3, $4)
        """)
}
