import Foundation
import Glibc

/// Why a private server could not be had.
public struct PrivatePostgresError: Error, Sendable, CustomStringConvertible {
    /// What happened and how to mend it.
    public let description: String

    /// Says `description`.
    public init(description: String) { self.description = description }
}

/// The programs of the system's PostgreSQL, and who runs them.
struct PostgresPrograms: Sendable {
    /// The major version: 15.
    let version: String
    private let folder: String
    /// The user the server runs as when we are root; nil is ourselves.
    private let owner: (user: uid_t, group: gid_t)?

    /// Debian keeps each major version apart, off the PATH.
    static func newest() throws -> PostgresPrograms {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap(Int.init).sorted(by: >)
        for version in versions where FileManager.default.isExecutableFile(atPath: "\(root)/\(version)/bin/initdb") {
            return PostgresPrograms(version: String(version), folder: "\(root)/\(version)/bin", owner: try serverOwner())
        }
        throw PrivatePostgresError(description: "no PostgreSQL server under \(root): install it with `apt-get install postgresql`")
    }

    private static func serverOwner() throws -> (user: uid_t, group: gid_t)? {
        guard geteuid() == 0 else { return nil }
        guard let entry = getpwnam("postgres") else {
            throw PrivatePostgresError(
                description:
                    "PostgreSQL does not run as root, and there is no user `postgres` to run it as: install Debian's `postgresql`, or run as another user"
            )
        }
        return (entry.pointee.pw_uid, entry.pointee.pw_gid)
    }

    /// A folder that belongs to the server's user.
    func makeFolder() throws -> String {
        let path = try ShortFolder.make(named: "quan-pg")
        try giveToOwner(path)
        return path
    }

    func makeOwned(_ folder: String) throws {
        // Folders above it that are missing are made as usual: the server's user must be able to pass through them.
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        chmod(folder, 0o700)
        try giveToOwner(folder)
    }

    func writeOwned(_ text: String, to path: String) throws {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        chmod(path, 0o600)
        try giveToOwner(path)
    }

    private func giveToOwner(_ path: String) throws {
        guard let owner, chown(path, owner.user, owner.group) != 0 else { return }
        throw PrivatePostgresError(description: "cannot give \(path) to the server's user: \(String(cString: strerror(errno)))")
    }

    /// Gives everything in a folder to the server's user.
    func own(everythingIn folder: String, log: String, within limit: Duration) async throws {
        guard let owner else { return }
        try await run("chown", of: "/bin", ["-R", "\(owner.user):\(owner.group)", "--", folder], asOwner: false, log: log, within: limit)
    }

    /// Runs one program of PostgreSQL to its end; its output goes to `log`, whose end is in the error.
    func run(_ program: String, _ arguments: [String], input: String? = nil, log: String, within limit: Duration? = nil) async throws {
        try await run(program, of: folder, arguments, input: input, asOwner: true, log: log, within: limit)
    }

    /// Runs any program so.
    /// - Parameters:
    ///   - input: the file that it reads; nil is nothing.
    ///   - asOwner: whether it runs as the server's user.
    ///   - limit: after so long it is killed, and has failed.
    func run(
        _ program: String, of place: String, _ arguments: [String], input: String? = nil, asOwner: Bool, log: String,
        within limit: Duration?
    ) async throws {
        var command = ["\(place)/\(program)"] + arguments
        if asOwner, let owner {
            command = ["/usr/bin/setpriv", "--reuid=\(owner.user)", "--regid=\(owner.group)", "--init-groups", "--"] + command
        }
        // Not in the caller's folder, which the server's user may not be allowed into.
        command = ["/usr/bin/env", "--chdir=/tmp"] + command
        // The server writes to it too, under its own user.
        if !FileManager.default.fileExists(atPath: log) { try writeOwned("", to: log) }
        let reading = input.map { open($0, O_RDONLY | O_CLOEXEC) }
        defer { if let reading, reading >= 0 { close(reading) } }
        let child = try ChildProcess(command, input: reading, output: log)
        let killer = limit.map { limit in
            Task {
                try await Task.sleep(for: limit)
                kill(child.pid, SIGKILL)
            }
        }
        let status = await child.exit()
        killer?.cancel()
        guard status == 0 else {
            let said = (try? String(contentsOfFile: log, encoding: .utf8))?.suffix(2000) ?? ""
            throw PrivatePostgresError(description: "\(program) failed with status \(status); its log ends with:\n\(said)")
        }
    }
}
