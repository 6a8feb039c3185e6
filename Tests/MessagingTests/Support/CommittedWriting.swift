import Postgres

@testable import Messaging

extension OutboxWriting {
    /// Writes these drafts in a transaction of their own and commits it.
    static func committed(_ drafts: [OutboxDraft], on pool: PostgresPool) async throws -> OutboxWriting {
        try await pool.withTransaction("test.write") { connection in
            let writing = OutboxWriting(drafts: drafts)
            if let step = OutboxWriter.step(writing: drafts) { try connection.enqueue(step, into: writing.answer) }
            return writing
        }
    }
}
