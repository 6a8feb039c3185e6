import Foundation
import LocalPostgres
import Logging
import Postgres

/// The PostgreSQL server of an installation: a private one, or one named in the environment. Each service has its own database and role,
/// and no access to others.
package struct PlatformDatabase: Sendable {
    let host: String
    let port: Int
    private let administrator: PostgresConfiguration
    private let server: PrivatePostgres?
    private let folder: StateFolder

    /// Opens the server in `QUAN_DATABASE_HOST`, or starts a private one with its data in the folder.
    package static func open(_ folder: StateFolder, environment: [String: String]) async throws -> PlatformDatabase {
        if let host = environment["QUAN_DATABASE_HOST"] { return named(host, folder, environment) }
        var options = PrivatePostgres.Options()
        options.authentication = .password(try folder.secret("postgres"))
        options.isDurable = !folder.isEphemeral
        options.dataFolder = folder.path + "/postgres"
        options.maximumConnections = 300
        let server = try await start(options)
        return PlatformDatabase(
            host: server.folder, port: server.port, administrator: server.configuration(), server: server, folder: folder)
    }

    /// Retries while a previous server, killed together with its `quan up`, is still ending.
    private static func start(_ options: PrivatePostgres.Options) async throws -> PrivatePostgres {
        let end = ContinuousClock.now + .seconds(15)
        while true {
            do {
                return try await PrivatePostgres.start(options)
            } catch {
                let isHeld = FileManager.default.fileExists(atPath: (options.dataFolder ?? "") + "/postmaster.pid")
                guard isHeld, ContinuousClock.now < end else { throw error }
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    private static func named(_ host: String, _ folder: StateFolder, _ environment: [String: String]) -> PlatformDatabase {
        var administrator = PostgresConfiguration(
            host: host, port: environment["QUAN_DATABASE_PORT"].flatMap(Int.init) ?? 5432,
            database: environment["QUAN_DATABASE_NAME"] ?? "postgres", user: environment["QUAN_DATABASE_USER"] ?? "postgres",
            password: environment["QUAN_DATABASE_PASSWORD"])
        administrator.maximumConnections = 1
        return PlatformDatabase(
            host: administrator.host, port: administrator.port, administrator: administrator, server: nil, folder: folder)
    }

    /// Creates the missing databases and roles of the services, and revokes access by other roles.
    package func prepare(_ services: [PlatformService]) async throws {
        var few = administrator
        few.maximumConnections = Self.maximumConcurrency
        let pool = PostgresPool(few, logger: Logger(label: "quan"))
        do {
            let copying = try await copying(pool)
            let passwords = try services.map { ($0.name, try folder.secret($0.name)) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<Self.maximumConcurrency {
                    group.addTask {
                        for index in stride(from: worker, to: passwords.count, by: Self.maximumConcurrency) {
                            let (name, password) = passwords[index]
                            try await pool.withConnection { try await Self.prepare(name, password, copying, on: $0) }
                        }
                    }
                }
                try await group.waitForAll()
            }
        } catch {
            await pool.close(deadline: .seconds(5))
            throw error
        }
        await pool.close(deadline: .seconds(5))
    }

    /// The number of databases created concurrently.
    private static let maximumConcurrency = 2

    private static let isRole = PostgresStatement("up.is-role", "select 1 from pg_roles where rolname = $1")
    private static let isDatabase = PostgresStatement("up.is-database", "select 1 from pg_database where datname = $1")

    private static let copiesByLog = PostgresStatement("up.copies-by-log", "select current_setting('server_version_num')::int >= 150000")

    /// The fastest strategy to create a database. Copying files costs two checkpoints, which are cheap without fsync.
    private func copying(_ pool: PostgresPool) async throws -> String {
        guard isOwn, folder.isEphemeral else { return "" }
        let copiesByLog = try await pool.withConnection { try await $0.query(Self.copiesByLog).decode(Bool.self) }
        return copiesByLog == [true] ? " strategy file_copy" : ""
    }

    /// Names come from the list of services and passwords consist of letters and digits, so that they need no escaping.
    private static func prepare(_ name: String, _ password: String, _ copying: String, on connection: PostgresConnection) async throws {
        let word = try await connection.query(isRole, name).isEmpty ? "create" : "alter"
        try await connection.script("\(word) role \"\(name)\" login password '\(password)'")
        guard try await connection.query(isDatabase, name).isEmpty else { return }
        try await connection.script("create database \"\(name)\" owner \"\(name)\"\(copying)")
        try await connection.script("revoke all on database \"\(name)\" from public")
    }

    private static let isRecorded = PostgresStatement("migrate.is-recorded", "select to_regclass('schema_migration') is not null")
    private static let recorded = PostgresStatement("migrate.recorded", "select count(*) from schema_migration")

    /// The number of migrations recorded in a service's database.
    package func migrations(of service: PlatformService) async throws -> Int64 {
        var own = administrator
        own.database = service.name
        own.maximumConnections = 1
        let pool = PostgresPool(own, logger: Logger(label: "quan"))
        do {
            let count = try await pool.withConnection { connection -> Int64 in
                guard try await connection.query(Self.isRecorded).decode(Bool.self).first == true else { return 0 }
                return try await connection.query(Self.recorded).decode(Int64.self).first ?? 0
            }
            await pool.close(deadline: .seconds(5))
            return count
        } catch {
            await pool.close(deadline: .seconds(5))
            throw error
        }
    }

    /// A service's settings for its database connection.
    package func environment(of service: PlatformService) throws -> [String: String] {
        [
            "QUAN_DATABASE_HOST": host, "QUAN_DATABASE_PORT": String(port), "QUAN_DATABASE_NAME": service.name,
            "QUAN_DATABASE_USER": service.name, "QUAN_DATABASE_PASSWORD": try folder.secret(service.name),
        ]
    }

    /// Whether this process started the server.
    var isOwn: Bool { server != nil }

    /// The connection of an administrator.
    var configuration: PostgresConfiguration { administrator }

    /// The private server's process id; nil if it is not running or the server is not private.
    var serverPID: pid_t? {
        guard let server, let text = try? String(contentsOfFile: server.dataFolder + "/postmaster.pid", encoding: .utf8),
            let pid = text.split(separator: "\n").first.flatMap({ pid_t($0) }), Self.isAlive(pid)
        else { return nil }
        return pid
    }

    /// Whether the private server is running.
    var isAlive: Bool { serverPID != nil }

    /// A zombie process is not alive.
    private static func isAlive(_ pid: pid_t) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
        return status.split(separator: ")").last?.split(separator: " ").first != "Z"
    }

    /// Restarts the private server, which recovers all committed transactions.
    func restart() async throws {
        guard let server else { return }
        let end = ContinuousClock.now + .seconds(20)
        while true {
            do {
                return try await server.start()
            } catch {
                // The sessions of a killed server hold its shared memory until they have ended.
                guard ContinuousClock.now < end else { throw error }
                try await Task.sleep(for: .milliseconds(300))
            }
        }
    }

    /// Stops the private server.
    package func close() async {
        guard let server else { return }
        try? await server.stop(.fast)
        await server.discard()
    }
}
