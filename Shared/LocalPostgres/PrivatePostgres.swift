import Foundation
import Logging
public import Postgres

/// A PostgreSQL server for this process, in its own folder, which stops when the process ends, even when that is killed. It uses the
/// newest installed PostgreSQL.
///
/// PostgreSQL refuses to run as root: if this process is root, the server runs as the user `postgres`.
public final class PrivatePostgres: Sendable {
    /// How clients are authenticated.
    public enum Authentication: Sendable, Hashable {
        /// No authentication: the server is reachable only from this machine.
        case trust
        /// Password authentication (SCRAM-SHA-256), with the superuser's password.
        case password(String)
    }

    /// The options of a server.
    public struct Options: Sendable {
        /// The authentication method.
        public var authentication = Authentication.trust
        /// Whether it listens on a free port of 127.0.0.1 in addition to its Unix socket.
        public var listensOnLoopback = false
        /// Whether a commit survives a power failure (`fsync`). Tests do not need it and are faster without it; benchmarks need it.
        public var isDurable = false
        /// `max_connections`.
        public var maximumConnections = 200
        /// Further settings of `postgresql.conf`.
        public var settings: [String: String] = [:]
        /// The folder of persistent data; nil for temporary data. The server's user must have access to all folders above it.
        public var dataFolder: String?

        /// A fast, temporary server on a Unix socket.
        public init() {}
    }

    /// How a server is stopped.
    public enum StopMode: String, Sendable {
        /// Rolls open transactions back and closes all sessions.
        case fast
        /// Stops as in a power failure: the next start runs recovery.
        case immediate
    }

    /// The superuser's name.
    public static let superuser = "postgres"

    /// The folder of the Unix socket and the server's log.
    public let folder: String
    /// The port: part of the socket's name, and the TCP port if it listens on loopback.
    public let port: Int
    /// The folder of the server's data.
    public let dataFolder: String

    private let options: Options
    private let programs: PostgresPrograms
    private let watchdog: PrivatePostgresWatchdog

    private init(_ options: Options) async throws {
        self.options = options
        programs = try PostgresPrograms.newest()
        folder = try programs.makeFolder()
        dataFolder = options.dataFolder ?? folder + "/data"
        port = options.listensOnLoopback ? try LoopbackPort.free() : 5432
        watchdog = try await PrivatePostgresWatchdog(folder: folder, dataFolder: dataFolder)
    }

    /// The server shared by all tests of this process, started on first use. Create a separate database on it (`temporaryDatabase`);
    /// start a separate server if the test stops or restarts it.
    public static func shared() async throws -> PrivatePostgres { try await only.value }

    private static let only = Task { try await start() }

    /// Starts a server. Throws a `PrivatePostgresError` that names what is missing or contains the end of the server's log.
    public static func start(_ options: Options = Options()) async throws -> PrivatePostgres {
        let server = try await PrivatePostgres(options)
        do {
            try await server.initialise()
            try await server.start()
        } catch {
            await server.discard()
            throw error
        }
        return server
    }

    /// The superuser's connection, over the Unix socket or (if enabled) loopback TCP.
    public func configuration(database: String = "postgres", overLoopback: Bool = false) -> PostgresConfiguration {
        var configuration = PostgresConfiguration(
            host: overLoopback ? "127.0.0.1" : folder, port: port, database: database, user: Self.superuser)
        if case .password(let password) = options.authentication { configuration.password = password }
        return configuration
    }

    /// Creates an empty database named `name`.
    public func createDatabase(_ name: String) async throws {
        var administrator = configuration()
        administrator.maximumConnections = 1
        let pool = PostgresPool(administrator, logger: Logger(label: "private-postgres"))
        let quoted = name.replacing("\"", with: "\"\"")
        do {
            try await pool.withConnection { try await $0.script("create database \"\(quoted)\"") }
        } catch {
            await pool.close(deadline: .seconds(5))
            throw error
        }
        await pool.close(deadline: .seconds(5))
    }

    /// Creates an empty database with a unique name, and returns its connection.
    public func temporaryDatabase(_ prefix: String = "test") async throws -> PostgresConfiguration {
        let name = "\(prefix)_\(UUID().uuidString.prefix(8).lowercased())"
        try await createDatabase(name)
        return configuration(database: name)
    }

    /// Terminates one session as an administrator would (SQLSTATE 57P01). `pid` is `PostgresConnection.backendPID`.
    public func killBackend(_ pid: Int32) { kill(pid, SIGTERM) }

    /// Kills one backend with SIGKILL; the server then closes all sessions and recovers.
    public func crashBackend(_ pid: Int32) { kill(pid, SIGKILL) }

    /// Starts the server again after `stop`.
    public func start() async throws {
        try await programs.run("pg_ctl", ["start", "-w", "-t", "60", "-D", dataFolder, "-l", folder + "/log"], log: folder + "/log")
    }

    /// Stops the server; its data remains.
    public func stop(_ mode: StopMode = .fast) async throws {
        try await programs.run("pg_ctl", ["stop", "-w", "-t", "60", "-m", mode.rawValue, "-D", dataFolder], log: folder + "/log")
    }

    /// Stops the server and starts it again with the same folder and port.
    public func restart(_ mode: StopMode = .fast) async throws {
        try await stop(mode)
        try await start()
    }

    /// Stops the server permanently and removes its temporary files. This happens automatically when the process ends.
    public func discard() async {
        try? await stop(.immediate)
        watchdog.release()
    }

    /// Simulates the death of this process, for tests.
    func releaseAsIfKilled() { watchdog.release() }

    private func initialise() async throws {
        guard !FileManager.default.fileExists(atPath: dataFolder + "/PG_VERSION") else { return try configure() }
        try programs.makeOwned(dataFolder)
        // Commits wait while a new WAL segment is filled with zeros: with small segments the waits are short.
        var arguments = ["-D", dataFolder, "-U", Self.superuser, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--wal-segsize=1"]
        switch options.authentication {
        case .trust: arguments.append("--auth=trust")
        case .password(let password):
            let file = folder + "/password"
            try programs.writeOwned(password + "\n", to: file)
            arguments += ["--auth=scram-sha-256", "--pwfile=\(file)"]
        }
        try await programs.run("initdb", arguments, log: folder + "/log")
        try configure()
    }

    /// Writes the settings to a separate file, so that a persistent data folder can be started with other options.
    private func configure() throws {
        var settings = [
            "listen_addresses": options.listensOnLoopback ? "127.0.0.1" : "", "port": String(port), "unix_socket_directories": folder,
            "max_connections": String(options.maximumConnections), "fsync": options.isDurable ? "on" : "off",
            "full_page_writes": options.isDurable ? "on" : "off", "log_min_messages": "warning",
            // A busy outbox does not fit in the default of 128 MB, so that its readers must first write other pages to disk. Memory is
            // allocated page by page on use.
            "shared_buffers": "512MB",
            // The server's usual defaults. Derived from the small segment size they would cause a checkpoint every few seconds.
            "max_wal_size": "1GB", "min_wal_size": "80MB", "wal_buffers": "16MB",
            // Rows are read by key, so few statistics are needed, and collecting them uses CPU time. Autovacuum keeps its default delays,
            // because old row versions cannot be removed while statistics are collected.
            "default_statistics_target": "10",
        ]
        settings.merge(options.settings) { $1 }
        let lines = settings.sorted { $0.key < $1.key }.map { "\($0) = '\($1.replacing("'", with: "''"))'\n" }
        try programs.writeOwned(lines.joined(), to: dataFolder + "/postgresql.auto.conf")
    }
}
