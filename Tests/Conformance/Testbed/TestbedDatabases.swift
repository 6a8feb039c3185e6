import Foundation
import Kernel
import Logging
import Messages
import Messaging
import Postgres
import TestKit
import Toys

/// The PostgreSQL server of a test bed with the databases of the two services. Reads are repeated until the server answers, because it may
/// be restarting.
struct TestbedDatabases: Sendable {
    let server: PrivatePostgres
    let counter: PostgresPool
    let asker: PostgresPool
    private let names: [Role: String]

    private static let deadline: Duration = .seconds(60)

    static func start(_ logger: Logger) async throws -> TestbedDatabases {
        let server = try await PrivatePostgres.start()
        do {
            var names: [Role: String] = [:]
            var pools: [Role: PostgresPool] = [:]
            for role in Role.allCases {
                var configuration = try await server.temporaryDatabase(role.rawValue)
                configuration.maximumConnections = 2
                configuration.applicationName = "conformance"
                let pool = PostgresPool(configuration, logger: logger)
                try await pool.withConnection { connection in
                    for migration in MessagingMigrations.all { try await connection.script(migration.sql) }
                    try await connection.script(role == .counter ? CounterService.table : AskerService.table)
                }
                names[role] = configuration.database
                pools[role] = pool
            }
            guard let counter = pools[.counter], let asker = pools[.asker] else { throw TestbedError("a role has no database") }
            return TestbedDatabases(server: server, counter: counter, asker: asker, names: names)
        } catch {
            await server.discard()
            throw error
        }
    }

    func close() async {
        await counter.close(deadline: .seconds(3))
        await asker.close(deadline: .seconds(3))
        await server.discard()
    }

    func configuration(of role: Role) -> PostgresConfiguration { server.configuration(database: names[role] ?? "") }

    func pool(of role: Role) -> PostgresPool { role == .counter ? counter : asker }

    /// Repeats a read until the server answers it.
    func read<R: Sendable>(_ role: Role, _ body: @Sendable (PostgresConnection) async throws -> R) async throws -> R {
        let end = ContinuousClock.now + Self.deadline
        while true {
            do {
                return try await pool(of: role).withConnection(body)
            } catch let error as PostgresError where error.isTransient && ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    func number(_ role: Role, _ sql: String) async throws -> Int64 {
        try await read(role) { connection in
            try await connection.query(PostgresStatement(sql, sql)).first?.decode(column: 0, as: Int64.self) ?? 0
        }
    }

    /// The process ids of the sessions of a service's instances; of all services with "".
    func backends(_ instance: String) async throws -> [Int32] {
        let statement = PostgresStatement(
            "backends", "select pid from pg_stat_activity where application_name like $1 || '-%' order by pid")
        return try await read(.counter) { connection in
            try await connection.query(statement, instance).map { try $0.decode(column: 0, as: Int32.self) }
        }
    }
}
