import Foundation
import Kernel
import LocalPostgres

/// The folder in which an installation on one machine keeps what must survive: the database, passwords, logs, and where everything is.
struct StateFolder: Sendable {
    /// Its path.
    let path: String
    /// Whether it goes with the process.
    let isEphemeral: Bool

    /// A log that has grown beyond this is put aside at the next start, in the place of the one put aside before.
    private static let greatestLogBytes = 16 << 20

    /// Where an installation is kept when nothing else is said: the system's place for root, the user's own for others.
    static func standard(environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        if let folder = environment["XDG_STATE_HOME"], folder.hasPrefix("/") { return folder + "/quan" }
        return geteuid() == 0 ? "/var/lib/quan" : (environment["HOME"] ?? "/tmp") + "/.local/state/quan"
    }

    /// Opens the folder, and makes it if it is not there.
    init(path: String) throws {
        self.path = URL(filePath: path).standardizedFileURL.path
        isEphemeral = false
        try FileManager.default.createDirectory(atPath: self.path + "/logs", withIntermediateDirectories: true)
    }

    /// A folder that is removed at the end.
    init() throws {
        do { path = try ShortFolder.make(named: "quan") } catch { throw Complaint(error.description) }
        isEphemeral = true
        // The database's server, which may run as another user, passes through it.
        chmod(path, 0o711)
        try FileManager.default.createDirectory(atPath: path + "/logs", withIntermediateDirectories: true)
    }

    /// Takes the folder for this process alone, until it ends. Throws when another has it.
    func lock() throws {
        let descriptor = open(path + "/lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Complaint("cannot write in \(path): \(String(cString: strerror(errno)))") }
        // Never closed: the lock ends with the process.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw Complaint("another `quan up` runs on \(path); stop it first, or name another folder with --state")
        }
    }

    /// The log file of a part.
    func log(of name: String) -> String {
        let file = path + "/logs/\(name).log"
        let size = (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? 0
        if size > Self.greatestLogBytes { rename(file, file + ".1") }
        return file
    }

    /// A secret that is made once and kept, readable by its owner only.
    func secret(_ name: String) throws -> String {
        let file = path + "/secrets/\(name)"
        if let kept = try? String(contentsOfFile: file, encoding: .utf8), !kept.isEmpty { return kept }
        try FileManager.default.createDirectory(
            atPath: path + "/secrets", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let fresh = (0..<4).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
        try write(fresh, to: "secrets/\(name)", permissions: 0o600)
        return fresh
    }

    /// A key of 32 bytes that is made once and kept.
    func key(_ name: String) throws -> Data {
        let hash = ContentHash(of: Array(try secret(name).utf8)).hexadecimal
        return Data(stride(from: 0, to: hash.utf8.count, by: 2).compactMap { UInt8(hash.dropFirst($0).prefix(2), radix: 16) })
    }

    /// What a service gets of this folder: the store of papers, and the keys it encrypts with.
    func settings(of service: PlatformService) throws -> [String: String] {
        switch service.name {
        case "portal", "redemption": ["QUAN_FILES_PATH": path + "/files"]
        case "payout": ["QUAN_PAYOUT_MASTER_KEYS": try key("payout-master-key").base64EncodedString()]
        default: [:]
        }
    }

    /// Writes a file as a whole: whoever reads it sees the old text or the new.
    func write(_ text: String, to name: String, permissions: Int = 0o644) throws {
        let file = path + "/" + name
        try Data(text.utf8).write(to: URL(filePath: file + ".new"))
        chmod(file + ".new", mode_t(permissions))
        guard rename(file + ".new", file) == 0 else { throw Complaint("cannot write \(file): \(String(cString: strerror(errno)))") }
    }

    /// Removes it, if it is ephemeral.
    func discard() {
        if isEphemeral { try? FileManager.default.removeItem(atPath: path) }
    }
}
