import Logging
import Postgres
import TestKit

@testable import Recovery

/// A database that has only the table of watermarks.
struct RecoveryDatabase: Sendable {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    let pool: PostgresPool

    static func with(_ body: (RecoveryDatabase) async throws -> Void) async throws {
        let pool = PostgresPool(try await PrivatePostgres.shared().temporaryDatabase("recovery"), logger: logger)
        do {
            try await pool.withConnection { try await $0.script(RecoveryTables.watermarks) }
            try await body(RecoveryDatabase(pool: pool))
        } catch {
            await pool.close(deadline: .seconds(2))
            throw error
        }
        await pool.close(deadline: .seconds(2))
    }

    func script(_ sql: String) async throws { try await pool.withConnection { try await $0.script(sql) } }

    /// Runs a query and returns its number.
    func number(_ sql: String) async throws -> Int64 {
        try await pool.withConnection { try await $0.query(PostgresStatement(sql, sql)).decode(Int64.self).first ?? 0 }
    }

    /// The number of shards in which records are missing.
    func behind() async throws -> Int64 { try await number("select count(*) from inbox_watermark where behind_since is not null") }
}
