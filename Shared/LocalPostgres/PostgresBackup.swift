import Foundation
import Glibc
public import Postgres

/// Copies of a whole PostgreSQL server, all its databases as they were at one moment, made while it runs (`pg_basebackup`).
public enum PostgresBackup {
    /// Copies a server into a folder that is not there yet.
    ///
    /// - Parameters:
    ///   - server: how a superuser, or a role that may replicate, connects to it. Only host, port, user and password count.
    ///   - folder: where to. No folder above it may be closed to the user that PostgreSQL's programs run as.
    ///   - limit: after so long it is given up.
    /// - Throws: `PrivatePostgresError` with what PostgreSQL said.
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
        // Its manifest has a checksum of every file.
        try await programs.run("pg_verifybackup", ["--quiet", folder], log: working + "/log", within: limit)
    }

    /// Makes a private server's data folder of a copy that `take` has made.
    ///
    /// - Parameters:
    ///   - copy: the copy, which stays as it is.
    ///   - folder: a folder that is not there yet.
    ///   - password: the superuser's from now on: the one of the server that was copied need not be known.
    /// - Throws: `PrivatePostgresError` where the copy is not whole, or is of a version of PostgreSQL that is not installed.
    public static func restore(_ copy: String, into folder: String, superuserPassword password: String, within limit: Duration) async throws
    {
        let programs = try PostgresPrograms.newest()
        let working = try programs.makeFolder()
        defer { try? FileManager.default.removeItem(atPath: working) }
        let log = working + "/log"
        let version = (try? String(contentsOfFile: copy + "/PG_VERSION", encoding: .utf8))?.trimmingCharacters(in: .newlines) ?? "none"
        guard version == programs.version else {
            throw PrivatePostgresError(
                description:
                    "\(copy) is of PostgreSQL \(version), and PostgreSQL \(programs.version) is installed: install postgresql-\(version)")
        }
        try programs.makeOwned(folder)
        try await programs.run("cp", of: "/bin", ["-a", "--", copy + "/.", folder], asOwner: false, log: log, within: limit)
        try await programs.own(everythingIn: folder, log: log, within: limit)
        try await programs.run("pg_verifybackup", ["--quiet", folder], log: log, within: limit)
        // The settings of the server that was copied are of its own machine.
        for name in ["postgresql.conf", "postgresql.auto.conf", "pg_ident.conf"] { try programs.writeOwned("", to: folder + "/" + name) }
        try programs.writeOwned("local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n", to: folder + "/pg_hba.conf")
        let statement = "alter role \"\(PrivatePostgres.superuser)\" login superuser password '\(password.replacing("'", with: "''"))'\n"
        try programs.writeOwned(statement, to: working + "/statement")
        try await programs.run(
            "postgres", ["--single", "-D", folder, "postgres"], input: working + "/statement", log: log, within: limit)
    }

    /// A value of a connection string.
    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}
