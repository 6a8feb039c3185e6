import Foundation
import Glibc
public import Postgres

/// Consistent backups of a whole running PostgreSQL server (`pg_basebackup`).
public enum PostgresBackup {
    /// Copies a server into a new folder.
    ///
    /// - Parameters:
    ///   - server: the connection of a superuser or of a role with replication rights. Only host, port, user and password are used.
    ///   - folder: the destination. The user that runs PostgreSQL's programs must have access to all folders above it.
    ///   - limit: the timeout.
    /// - Throws: `PrivatePostgresError` with PostgreSQL's output.
    public static func take(of server: PostgresConfiguration, into folder: String, within limit: Duration) async throws {
        let programs = try PostgresPrograms.newest()
        let working = try programs.makeFolder()
        defer { try? FileManager.default.removeItem(atPath: working) }
        try programs.makeOwned(folder)
        let passwords = working + "/passwords"
        let password = (server.password ?? "").replacing("\\", with: "\\\\").replacing(":", with: "\\:")
        try programs.writeOwned("*:*:*:*:\(password)\n", to: passwords)
        let connection = [
            "host=\(quoted(server.host))", "port=\(server.port)", "user=\(quoted(server.user))", "passfile=\(quoted(passwords))",
            "application_name='quan backup'", "connect_timeout=10",
        ]
        try await programs.run(
            "pg_basebackup",
            ["-D", folder, "-d", connection.joined(separator: " "), "-X", "stream", "-c", "fast", "--no-password"],
            log: working + "/log", within: limit)
        // The backup's manifest has a checksum of every file.
        try await programs.run("pg_verifybackup", ["--quiet", folder], log: working + "/log", within: limit)
    }

    /// Makes a private server's data folder from a backup made by `take`.
    ///
    /// - Parameters:
    ///   - copy: the backup, which is not changed.
    ///   - folder: a folder that does not exist yet.
    ///   - password: the new superuser password; the original server's need not be known.
    /// - Throws: `PrivatePostgresError` when the backup is incomplete, or its PostgreSQL version is not installed.
    public static func restore(
        _ copy: String, into folder: String, superuserPassword password: String, within limit: Duration
    ) async throws {
        let programs = try PostgresPrograms.newest()
        let working = try programs.makeFolder()
        defer { try? FileManager.default.removeItem(atPath: working) }
        let log = working + "/log"
        let version = (try? String(contentsOfFile: copy + "/PG_VERSION", encoding: .utf8))?.trimmingCharacters(in: .newlines) ?? "none"
        guard version == programs.version else {
            throw PrivatePostgresError(
                description:
                    "\(copy) needs PostgreSQL \(version), and \(programs.version) is installed: install postgresql-\(version)")
        }
        try programs.makeOwned(folder)
        try await programs.run("cp", of: "/bin", ["-a", "--", copy + "/.", folder], asOwner: false, log: log, within: limit)
        try await programs.own(everythingIn: folder, log: log, within: limit)
        try await programs.run("pg_verifybackup", ["--quiet", folder], log: log, within: limit)
        // The original server's settings are specific to its machine.
        for name in ["postgresql.conf", "postgresql.auto.conf", "pg_ident.conf"] { try programs.writeOwned("", to: folder + "/" + name) }
        try programs.writeOwned("local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n", to: folder + "/pg_hba.conf")
        let statement = "alter role \"\(PrivatePostgres.superuser)\" login superuser password '\(password.replacing("'", with: "''"))'\n"
        try programs.writeOwned(statement, to: working + "/statement")
        try await programs.run(
            "postgres", ["--single", "-D", folder, "postgres"], input: working + "/statement", log: log, within: limit)
    }

    /// Quotes a value for a connection string.
    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}
