import Foundation
import Logging
public import Postgres

/// A PostgreSQL server of this process's own: made when asked for, in a folder of its own, and gone with the process, even when
/// that is killed. It uses the system's newest PostgreSQL package.
///
/// PostgreSQL refuses to run as root, so for root it runs as the user `postgres`.
public final class PrivatePostgres: Sendable {
    /// How a client proves who it is.
    public enum Authentication: Sendable, Hashable {
        /// Everybody may come in as anybody: the server is reachable from this machine only.
        case trust
        /// By password (SCRAM-SHA-256); the superuser's is given.
        case password(String)
    }

    /// How the server is set up.
    public struct Options: Sendable {
        /// Passwords or none.
        public var authentication = Authentication.trust
        /// Whether it listens on 127.0.0.1, at a free port, as well as on its Unix socket.
        public var listensOnLoopback = false
        /// Whether a commit survives a loss of power (`fsync`). Tests need it not, and are quicker; a benchmark does.
        public var isDurable = false
        /// `max_connections`.
        public var maximumConnections = 200
        /// More lines for `postgresql.conf`.
        public var settings: [String: String] = [:]
        /// Where the data stays beyond the process. Without it the data is temporary. No folder above it may be closed to
        /// the server's user.
        public var dataFolder: String?

        /// A quick, temporary server on a Unix socket.
        public init() {}
    }

    /// How a server ends.
    public enum StopMode: String, Sendable {
        /// Open transactions are rolled back and sessions told.
        case fast
        /// As if the power failed: recovery follows at the next start.
        case immediate
    }

    /// The superuser's name.
    public static let superuser = "postgres"

    /// The folder of the Unix socket and the server's log.
    public let folder: String
    /// The port: of TCP if that was asked for, and in the socket's name anyway.
    public let port: Int
    /// Where the server's data is.
    public let dataFolder: String

    private let options: Options
    private let programs: PostgresPrograms
    private let watchdog: PrivatePostgresWatchdog

    private init(_ options: Options) throws {
        self.options = options
        programs = try PostgresPrograms.newest()
        folder = try programs.makeFolder()
        dataFolder = options.dataFolder ?? folder + "/data"
        port = options.listensOnLoopback ? try LoopbackPort.free() : 5432
        watchdog = try PrivatePostgresWatchdog(folder: folder, dataFolder: dataFolder)
    }

    /// The one server that all tests of this process share, started by the first who asks. Use a database of your own on it
    /// (`temporaryDatabase`), and a server of your own to stop or restart.
    public static func shared() async throws -> PrivatePostgres { try await only.value }

    private static let only = Task { try await start() }

    /// Starts a server. Throws a `PrivatePostgresError` that says what is missing, or what the server's log says.
    public static func start(_ options: Options = Options()) async throws -> PrivatePostgres {
        let server = try PrivatePostgres(options)
        do {
            try await server.initialise()
            try await server.start()
        } catch {
            await server.discard()
            throw error
        }
        return server
    }

    /// How to connect to it, as the superuser, over the Unix socket or (if it listens there) loopback TCP.
    public func configuration(database: String = "postgres", overLoopback: Bool = false) -> PostgresConfiguration {
        var configuration = PostgresConfiguration(
            host: overLoopback ? "127.0.0.1" : folder, port: port, database: database, user: Self.superuser)
        if case .password(let password) = options.authentication { configuration.password = password }
        return configuration
    }

    /// Makes an empty database called `name`.
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

    /// Makes an empty database with a name nobody else has, and tells how to connect to it.
    public func temporaryDatabase(_ prefix: String = "test") async throws -> PostgresConfiguration {
        let name = "\(prefix)_\(UUID().uuidString.prefix(8).lowercased())"
        try await createDatabase(name)
        return configuration(database: name)
    }

    /// Ends one session as an administrator would (SQLSTATE 57P01). `pid` is `PostgresConnection.backendPID`.
    public func killBackend(_ pid: Int32) { kill(pid, SIGTERM) }

    /// Kills one backend outright, whereupon the server drops all sessions and recovers by itself.
    public func crashBackend(_ pid: Int32) { kill(pid, SIGKILL) }

    /// Starts the server again after `stop`.
    public func start() async throws {
        try await programs.run("pg_ctl", ["start", "-w", "-t", "60", "-D", dataFolder, "-l", folder + "/log"], log: folder + "/log")
    }

    /// Stops the server; its data stays.
    public func stop(_ mode: StopMode = .fast) async throws {
        try await programs.run("pg_ctl", ["stop", "-w", "-t", "60", "-m", mode.rawValue, "-D", dataFolder], log: folder + "/log")
    }

    /// Stops the server and starts it again, at the same place.
    public func restart(_ mode: StopMode = .fast) async throws {
        try await stop(mode)
        try await start()
    }

    /// Ends the server for good and removes what was temporary. It happens by itself when the process ends.
    public func discard() async {
        try? await stop(.immediate)
        watchdog.release()
    }

    /// Does what the death of this process would do, and nothing more.
    func releaseAsIfKilled() { watchdog.release() }

    private func initialise() async throws {
        guard !FileManager.default.fileExists(atPath: dataFolder + "/PG_VERSION") else { return try configure() }
        try programs.makeOwned(dataFolder)
        // A new WAL segment is filled with zeros while every commit waits: small ones make many short waits of a few long ones.
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

    /// A file of its own, so that a kept data folder can be started with other options.
    private func configure() throws {
        var settings = [
            "listen_addresses": options.listensOnLoopback ? "127.0.0.1" : "", "port": String(port), "unix_socket_directories": folder,
            "max_connections": String(options.maximumConnections), "fsync": options.isDurable ? "on" : "off",
            "full_page_writes": options.isDurable ? "on" : "off", "log_min_messages": "warning",
            // With the server's default of 128 MB a busy outbox does not fit, and who reads it writes out others' pages first. Memory is taken
            // page by page, as it is used.
            "shared_buffers": "512MB",
            // The server's own defaults, which it would else reckon from the size of a segment: a checkpoint every few seconds.
            "max_wal_size": "1GB", "min_wal_size": "80MB", "wal_buffers": "16MB",
            // What is looked up is looked up by its key: the server need not count much, on processors that somebody waits for. It does so
            // at its usual pace: while it counts, no old version of a row can be cleared away.
            "default_statistics_target": "10",
        ]
        settings.merge(options.settings) { $1 }
        let lines = settings.sorted { $0.key < $1.key }.map { "\($0) = '\($1.replacing("'", with: "''"))'\n" }
        try programs.writeOwned(lines.joined(), to: dataFolder + "/postgresql.auto.conf")
    }
}
