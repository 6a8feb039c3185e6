import Foundation
import Kernel
import LocalPostgres

/// The folder of an installation on one machine: database, papers, secrets, logs and `platform.json`.
package struct StateFolder: Sendable {
    /// The folder's path.
    package let path: String
    /// Whether the folder is removed when the process ends.
    let isEphemeral: Bool

    /// A log larger than this is rotated at the next start; one rotated log is kept.
    private static let maximumLogBytes = 16 << 20

    /// The default state folder: the system's for root, the user's own for others.
    package static func standard(environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        if let folder = environment["XDG_STATE_HOME"], folder.hasPrefix("/") { return folder + "/quan" }
        return geteuid() == 0 ? "/var/lib/quan" : (environment["HOME"] ?? "/tmp") + "/.local/state/quan"
    }

    /// Opens the folder, and creates it if it does not exist.
    package init(path: String) throws {
        self.path = URL(filePath: path).standardizedFileURL.path
        isEphemeral = false
        try FileManager.default.createDirectory(atPath: self.path + "/logs", withIntermediateDirectories: true)
    }

    /// Creates a temporary folder, which `discard` removes.
    package init() throws {
        do { path = try TemporaryFolder.make(named: "quan") } catch { throw CommandError(error.description) }
        isEphemeral = true
        // The database server may run as another user, who needs access to the folder.
        chmod(path, 0o711)
        try FileManager.default.createDirectory(atPath: path + "/logs", withIntermediateDirectories: true)
    }

    /// Locks the folder for this process until it ends. Throws a `CommandError` if another process holds the lock.
    package func lock() throws {
        let descriptor = open(path + "/lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandError("cannot write in \(path): \(String(cString: strerror(errno)))") }
        // The descriptor stays open: the lock ends with the process.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw CommandError("another `quan up` runs on \(path); stop it first, or name another folder with --state")
        }
    }

    /// The log file of a part; rotates it if it is too large.
    package func log(of name: String) -> String {
        let file = path + "/logs/\(name).log"
        let size = (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? 0
        if size > Self.maximumLogBytes { rename(file, file + ".1") }
        return file
    }

    /// A secret, created on first use; readable only by its owner.
    package func secret(_ name: String) throws -> String {
        let file = path + "/secrets/\(name)"
        if let kept = try? String(contentsOfFile: file, encoding: .utf8), !kept.isEmpty { return kept }
        try FileManager.default.createDirectory(
            atPath: path + "/secrets", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let fresh = (0..<4).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
        try write(fresh, to: "secrets/\(name)", permissions: 0o600)
        return fresh
    }

    /// A key of 32 bytes, created on first use.
    func key(_ name: String) throws -> Data {
        let hash = ContentHash(of: Array(try secret(name).utf8)).hexadecimal
        return Data(stride(from: 0, to: hash.utf8.count, by: 2).compactMap { UInt8(hash.dropFirst($0).prefix(2), radix: 16) })
    }

    /// A service's settings from this folder: the folder of papers, and encryption keys.
    package func settings(of service: PlatformService) throws -> [String: String] {
        switch service.name {
        case "portal", "redemption": ["QUAN_FILES_PATH": path + "/files"]
        case "payout": ["QUAN_PAYOUT_MASTER_KEYS": try key("payout-master-key").base64EncodedString()]
        default: [:]
        }
    }

    /// Writes a file atomically: a reader sees the old or the new content.
    func write(_ text: String, to name: String, permissions: Int = 0o644) throws {
        let file = path + "/" + name
        try Data(text.utf8).write(to: URL(filePath: file + ".new"))
        chmod(file + ".new", mode_t(permissions))
        guard rename(file + ".new", file) == 0 else { throw CommandError("cannot write \(file): \(String(cString: strerror(errno)))") }
    }

    /// Removes the folder if it is ephemeral.
    package func discard() {
        if isEphemeral { try? FileManager.default.removeItem(atPath: path) }
    }
}
