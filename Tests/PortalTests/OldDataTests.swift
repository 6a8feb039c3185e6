import Foundation
import Logging
import Postgres
import ServiceHost
import TestKit
import Testing

@testable import Portal
@testable import ServiceHost

@Suite("Data from before a migration")
struct OldDataTests {
    private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// The portal's own tables as its first version had them.
    private static var first: [MigrationSet] {
        PortalTables.migrations.map { set in
            set.name == "portal" ? MigrationSet(set.name, set.migrations.filter { $0.number <= 2 }) : set
        }
    }

    private func migrate(_ database: PostgresConfiguration, _ sets: [MigrationSet]) async throws {
        let pool = PostgresPool(database, logger: Self.logger)
        try await Migrator(pool, sets, logger: Self.logger).migrate(lockDeadline: .seconds(60))
        await pool.close(deadline: .seconds(10))
    }

    @Test("orders, redemptions and disbursements from before readers had columns keep their parties and programme, and a batch is found")
    func readers() async throws {
        let database = try await PrivatePostgres.shared().temporaryDatabase("portal")
        try await migrate(database, Self.first)
        let pool = PostgresPool(database, logger: Self.logger)
        let ids = (0..<5).map { _ in UUID() }
        let (order, enterprise, institution, disbursement, batch) = (ids[0], ids[1], ids[2], ids[3], ids[4])
        // Identifiers stood in capitals then.
        let snapshot = """
            {"programmeID":"beijing-2026","programmeVersion":3,"enterpriseID":"\(enterprise)","institutionID":"\(institution)","batchID":"\(batch)"}
            """
        try await pool.withConnection { connection in
            try await connection.script(
                """
                insert into purchase (id, enterprise_id, institution_id, state, snapshot)
                values ('\(order)', '\(enterprise)', '\(institution)', 'placed', '\(snapshot)');
                insert into official_case (kind, id, owners, state, snapshot)
                values ('disbursement', '\(disbursement)', array['\(institution)']::uuid[], 'batched', '\(snapshot)');
                """)
        }
        try await migrate(database, PortalTables.migrations)
        let found = try await pool.withConnection { connection in
            try await connection.query(
                PostgresStatement(
                    "test.found",
                    """
                    select p.programme_id || ' ' || c.programme_id || ' ' || c.programme_version
                    from purchase p join official_case c using (enterprise_id, institution_id)
                    where lower(c.snapshot->>'batchID') = $1
                    """), batch.uuidString.lowercased()
            ).decode(String.self)
        }
        #expect(found == ["beijing-2026 beijing-2026 3"])
        await pool.close(deadline: .seconds(10))
    }
}
