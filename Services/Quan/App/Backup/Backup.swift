import Foundation
import LocalPostgres
import Operations
import Postgres
import StrictJSON

/// A backup of an installation in a folder: every database as of one moment, the papers, and the keys.
///
/// The databases are copied first. A paper is stored before any row refers to it and never changes, so that the papers copied afterwards
/// include all that the databases refer to.
struct Backup: Sendable {
    /// The content of `backup.json`. It is written last: a backup without it is incomplete.
    struct Record: Codable, Sendable {
        /// When the databases were copied.
        let madeAt: Date
        /// Whether the installation is a rehearsal, which has its own clock.
        let isRehearsal: Bool
        let papers: Int
        let paperBytes: Int64
        let hasKeys: Bool
    }

    /// The folder of the backup.
    let folder: String

    private static let record = "backup.json"

    /// Opens an existing backup. Throws a `CommandError` if the folder is not a complete backup.
    init(at path: String) throws {
        folder = URL(filePath: path).standardizedFileURL.path
        _ = try read()
    }

    private init(making folder: String) { self.folder = folder }

    var databases: String { folder + "/postgres" }
    var papers: String { folder + "/files" }
    var keys: String { folder + "/secrets" }

    func read() throws -> Record {
        guard let data = FileManager.default.contents(atPath: folder + "/" + Self.record) else {
            throw CommandError("\(folder) is not a complete backup: it has no \(Self.record)")
        }
        do { return try StrictJSON.decode(Record.self, from: Array(data)) } catch {
            throw CommandError("cannot read \(folder)/\(Self.record): \(error)")
        }
    }

    /// The sources of a backup.
    struct Source {
        /// The connection of a superuser.
        let server: PostgresConfiguration
        /// The folder of the paper store.
        let papers: String
        /// The folder of passwords and keys; nil if they are kept elsewhere.
        let keys: String?
        let isRehearsal: Bool
    }

    /// Makes a backup of a running installation in a new folder. Throws a `CommandError` and removes the folder if it fails.
    static func make(of source: Source, in path: String, within limit: Duration, report: (String) -> Void) async throws -> Backup {
        let folder = URL(filePath: path).standardizedFileURL.path
        guard !FileManager.default.fileExists(atPath: folder) else {
            throw CommandError("\(folder) already exists: name a new folder for each backup")
        }
        guard FileManager.default.fileExists(atPath: source.papers) else {
            throw CommandError("the folder of papers \(source.papers) does not exist: name it with --files")
        }
        let backup = Backup(making: folder)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            // PostgreSQL's programs may run as another user, who needs access to the folder.
            chmod(folder, 0o711)
            do {
                try await PostgresBackup.take(of: source.server, into: backup.databases, within: limit)
            } catch let error as PrivatePostgresError {
                throw CommandError("cannot copy the databases: \(error.description)")
            }
            let madeAt = Date()
            report("databases copied, as of \(madeAt.ISO8601Format())")
            let (papers, bytes) = try FolderCopy.copy(source.papers, to: backup.papers)
            report("\(papers) papers copied, \(bytes) bytes")
            if let keys = source.keys {
                _ = try FolderCopy.copy(keys, to: backup.keys, permissions: 0o700)
                report("keys copied: protect the backup like the installation itself")
            }
            let record = Record(
                madeAt: madeAt, isRehearsal: source.isRehearsal, papers: papers, paperBytes: bytes, hasKeys: source.keys != nil)
            let encoder = StrictJSON.encoder(.prettyPrinted)
            encoder.dateEncodingStrategy = .iso8601
            try encoder.encode(record).write(to: URL(filePath: folder + "/" + Self.record))
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
        return backup
    }

    /// Restores the backup to a state folder. Throws a `CommandError` if that fails.
    func restore(to state: StateFolder, within limit: Duration) async throws {
        let record = try read()
        if record.hasKeys { _ = try FolderCopy.copy(keys, to: state.path + "/secrets", permissions: 0o700) }
        _ = try FolderCopy.copy(papers, to: state.path + "/files")
        do {
            try await PostgresBackup.restore(
                databases, into: state.path + "/postgres", superuserPassword: try state.secret("postgres"), within: limit)
        } catch let error as PrivatePostgresError {
            throw CommandError("cannot restore the databases: \(error.description)")
        }
    }
}

/// Copies folders in which files appear by an atomic rename: papers, owner marks, keys.
enum FolderCopy {
    /// Copies all files except temporary ones and those removed in the meantime. Returns the number of non-empty files and their bytes;
    /// owner marks are empty.
    ///
    /// - Parameter permissions: the permissions with which the new folder is created.
    static func copy(_ source: String, to target: String, permissions: Int = 0o755) throws -> (files: Int, bytes: Int64) {
        let manager = FileManager.default
        try manager.createDirectory(
            atPath: target, withIntermediateDirectories: true, attributes: [.posixPermissions: permissions])
        guard let names = manager.enumerator(atPath: source) else { throw CommandError("cannot read the folder \(source)") }
        var (files, bytes) = (0, Int64(0))
        for case let name as String in names where URL(filePath: name).lastPathComponent.first != "." {
            let (from, to) = (source + "/" + name, target + "/" + name)
            guard let attributes = try? manager.attributesOfItem(atPath: from) else { continue }
            if attributes[.type] as? FileAttributeType == .typeDirectory {
                try manager.createDirectory(atPath: to, withIntermediateDirectories: true)
                continue
            }
            do { try manager.copyItem(atPath: from, toPath: to) } catch {
                guard manager.fileExists(atPath: from) else { continue }
                throw CommandError("cannot copy \(from): \(error.localizedDescription)")
            }
            let size = (attributes[.size] as? Int64) ?? Int64((attributes[.size] as? Int) ?? 0)
            if size > 0 { (files, bytes) = (files + 1, bytes + size) }
        }
        return (files, bytes)
    }
}
