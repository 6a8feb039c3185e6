import Foundation
import Glibc

/// A failure to start or run a private server.
public struct PrivatePostgresError: Error, Sendable, CustomStringConvertible {
    /// What happened and how to fix it.
    public let description: String

    /// Makes an error with this description.
    public init(description: String) { self.description = description }
}

/// The programs of the installed PostgreSQL, and the user that runs them.
struct PostgresPrograms: Sendable {
    /// The major version, such as 15.
    let version: String
    private let folder: String
    /// The user that runs the server when this process is root; nil for this process's user.
    private let owner: (user: uid_t, group: gid_t)?

    /// The newest installed version. Debian installs each major version in a separate folder outside the PATH.
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

    /// Makes a temporary folder owned by the server's user.
    func makeFolder() throws -> String {
        let path = try TemporaryFolder.make(named: "quan-pg")
        try giveToOwner(path)
        return path
    }

    func makeOwned(_ folder: String) throws {
        // Missing parent folders get default permissions: the server's user needs access to them.
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
        throw PrivatePostgresError(description: "cannot change the owner of \(path): \(String(cString: strerror(errno)))")
    }

    /// Makes the server's user the owner of everything in a folder.
    func own(everythingIn folder: String, log: String, within limit: Duration) async throws {
        guard let owner else { return }
        try await run("chown", of: "/bin", ["-R", "\(owner.user):\(owner.group)", "--", folder], asOwner: false, log: log, within: limit)
    }

    /// Runs a PostgreSQL program and waits for its exit; its output goes to `log`, and an error contains the end of it.
    func run(_ program: String, _ arguments: [String], input: String? = nil, log: String, within limit: Duration? = nil) async throws {
        try await run(program, of: folder, arguments, input: input, asOwner: true, log: log, within: limit)
    }

    /// Runs any program in the same way.
    /// - Parameters:
    ///   - input: the file of its standard input; nil for empty input.
    ///   - asOwner: whether it runs as the server's user.
    ///   - limit: the timeout, after which it is killed and the call fails.
    func run(
        _ program: String, of place: String, _ arguments: [String], input: String? = nil, asOwner: Bool, log: String,
        within limit: Duration?
    ) async throws {
        var command = ["\(place)/\(program)"] + arguments
        if asOwner, let owner {
            command = ["/usr/bin/setpriv", "--reuid=\(owner.user)", "--regid=\(owner.group)", "--init-groups", "--"] + command
        }
        // Not in the caller's folder, which the server's user may not have access to.
        command = ["/usr/bin/env", "--chdir=/tmp"] + command
        // The server's user writes to it too.
        if !FileManager.default.fileExists(atPath: log) { try writeOwned("", to: log) }
        let reading = input.map { open($0, O_RDONLY | O_CLOEXEC) }
        defer { if let reading, reading >= 0 { close(reading) } }
        let child = try await ChildProcess(command, input: reading, output: log)
        let killer = limit.map { limit in
            Task {
                try await Task.sleep(for: limit)
                kill(child.pid, SIGKILL)
            }
        }
        let status = await child.exit()
        killer?.cancel()
        guard status == 0 else {
            let logEnd = (try? String(contentsOfFile: log, encoding: .utf8))?.suffix(2000) ?? ""
            throw PrivatePostgresError(description: "\(program) failed with status \(status); its log ends with:\n\(logEnd)")
        }
    }
}
