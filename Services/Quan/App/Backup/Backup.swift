import Foundation
import LocalPostgres
import Postgres

/// A backup of an installation in a folder: every database as of one moment, the papers, and the keys.
///
/// The databases come first. A paper is stored before any row names it, and is never changed: papers that are copied afterwards include all
/// that the databases name.
struct Backup: Sendable {
    /// What stands in `backup.json`. It is written last: a backup without it is not whole.
    struct Record: Codable, Sendable {
        /// When the databases were copied.
        let madeAt: Date
        /// Whether the installation has a clock of its own.
        let isRehearsal: Bool
        let papers: Int
        let paperBytes: Int64
        let hasKeys: Bool
    }

    /// Where everything is.
    let folder: String

    private static let record = "backup.json"

    /// A backup that is there. Throws a `Complaint` where it is none, or not whole.
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
            throw Complaint("\(folder) is no backup, or one that was broken off: it has no \(Self.record)")
        }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        do { return try decoder.decode(Record.self, from: data) } catch {
            throw Complaint("\(folder)/\(Self.record) cannot be read: \(error)")
        }
    }

    /// What a backup is made of.
    struct Source {
        /// How a superuser connects to the databases.
        let server: PostgresConfiguration
        /// The store of papers.
        let papers: String
        /// Passwords and keys; nil where they are kept elsewhere.
        let keys: String?
        let isRehearsal: Bool
    }

    /// Makes a backup of a running installation in a folder that is not there yet. One that fails leaves nothing.
    static func make(of source: Source, in path: String, within limit: Duration, told: (String) -> Void) async throws -> Backup {
        let folder = URL(filePath: path).standardizedFileURL.path
        guard !FileManager.default.fileExists(atPath: folder) else {
            throw Complaint("\(folder) is there already: name a new folder for each backup")
        }
        guard FileManager.default.fileExists(atPath: source.papers) else {
            throw Complaint("there is no folder of papers \(source.papers): name it with --files")
        }
        let backup = Backup(making: folder)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            // PostgreSQL's programs may run as another user, and pass through it.
            chmod(folder, 0o711)
            do {
                try await PostgresBackup.take(of: source.server, into: backup.databases, within: limit)
            } catch let error as PrivatePostgresError {
                throw Complaint("the databases cannot be copied: \(error.description)")
            }
            let madeAt = Date()
            told("databases copied, as of \(madeAt.ISO8601Format())")
            let (papers, bytes) = try FolderCopy.copy(source.papers, to: backup.papers)
            told("\(papers) papers copied, \(bytes) bytes")
            if let keys = source.keys {
                _ = try FolderCopy.copy(keys, to: backup.keys, permissions: 0o700)
                told("keys copied: keep the backup as safe as the installation")
            }
            let record = Record(
                madeAt: madeAt, isRehearsal: source.isRehearsal, papers: papers, paperBytes: bytes, hasKeys: source.keys != nil)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            encoder.dateEncodingStrategy = .iso8601
            try encoder.encode(record).write(to: URL(filePath: folder + "/" + Self.record))
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
        return backup
    }

    /// Makes a state folder of it.
    func restore(to state: StateFolder, within limit: Duration) async throws {
        let record = try read()
        if record.hasKeys { _ = try FolderCopy.copy(keys, to: state.path + "/secrets", permissions: 0o700) }
        _ = try FolderCopy.copy(papers, to: state.path + "/files")
        do {
            try await PostgresBackup.restore(
                databases, into: state.path + "/postgres", superuserPassword: try state.secret("postgres"), within: limit)
        } catch let error as PrivatePostgresError {
            throw Complaint("the databases cannot be restored: \(error.description)")
        }
    }
}

/// Copies of folders whose files are written beside and renamed: papers, marks, keys.
enum FolderCopy {
    /// Copies all files except those that are being written now, and those that are removed meanwhile. Returns the number of files that have
    /// content, and their bytes: marks are empty.
    ///
    /// - Parameter permissions: of the new folder, from its beginning.
    static func copy(_ source: String, to target: String, permissions: Int = 0o755) throws -> (files: Int, bytes: Int64) {
        let manager = FileManager.default
        try manager.createDirectory(
            atPath: target, withIntermediateDirectories: true, attributes: [.posixPermissions: permissions])
        guard let names = manager.enumerator(atPath: source) else { throw Complaint("cannot read the folder \(source)") }
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
                throw Complaint("cannot copy \(from): \(error.localizedDescription)")
            }
            let size = (attributes[.size] as? Int64) ?? Int64((attributes[.size] as? Int) ?? 0)
            if size > 0 { (files, bytes) = (files + 1, bytes + size) }
        }
        return (files, bytes)
    }
}
