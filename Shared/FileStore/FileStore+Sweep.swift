public import Foundation
import Glibc
public import Kernel

/// The result of one call of `sweep`.
public struct FileSweep: Sendable, Hashable {
    /// The number of files examined.
    public var examined = 0
    /// The number of files removed.
    public var removed = 0
    /// The total size of the removed files in bytes.
    public var removedBytes = 0
    /// The file after which the next call continues; nil when all were examined.
    public var next: ContentHash?

    /// An empty result.
    public init() {}
}

extension FileStore {
    /// Removes files that no case keeps and that were last uploaded or renewed before `limit`, together with their upload marks.
    ///
    /// One call examines at most `most` files, beginning after `place` or with the first. It may run concurrently with every other call, in
    /// any process: a file is removed under a lock shared with storing and marking, after its age and marks are checked again.
    public func sweep(unusedSince limit: Date, after place: ContentHash? = nil, most: Int = 1_000) throws -> FileSweep {
        var sweep = FileSweep()
        for part in 0x00...0xFF {
            let folder = "\(folder.path)/\(part < 0x10 ? "0" : "")\(String(part, radix: 16))"
            for name in try names(in: folder) {
                guard let hash = ContentHash(hexadecimal: name) else {
                    try removeUnfinished(name, in: folder, before: limit)
                    continue
                }
                if let place, hash.hexadecimal <= place.hexadecimal { continue }
                guard sweep.examined < most else { return sweep }
                sweep.next = hash
                sweep.examined += 1
                guard try isUnused(hash, since: limit), let bytes = try remove(hash, unusedSince: limit) else { continue }
                sweep.removed += 1
                sweep.removedBytes += bytes
            }
        }
        sweep.next = nil
        return sweep
    }

    private func remove(_ hash: ContentHash, unusedSince limit: Date) throws -> Int? {
        try withLock(.exclusive, on: hash) {
            // Checked again under the lock, because the file may have been stored or marked since.
            guard try isUnused(hash, since: limit), let status = try status(of: place(of: hash).file) else { return nil }
            for kind in [Mark.Kind.owners, .kept] {
                let folder = folder(of: kind, hash)
                for name in try names(in: folder) { try removed(unlink("\(folder)/\(name)")) }
                try removed(rmdir(folder))
            }
            try removed(unlink(place(of: hash).file))
            return Int(status.st_size)
        }
    }

    private func isUnused(_ hash: ContentHash, since limit: Date) throws -> Bool {
        guard let status = try status(of: place(of: hash).file) else { return false }
        return try Self.changed(status) < limit && !isKept(hash)
    }

    /// Removes the temporary file of a process that ended while writing. A running writer holds the lock.
    private func removeUnfinished(_ name: String, in folder: String, before limit: Date) throws {
        let path = "\(folder)/\(name)"
        guard name.hasPrefix("."), UUID(uuidString: String(name.dropFirst())) != nil, let status = try status(of: path),
            Self.changed(status) < limit
        else { return }
        try withLock(.exclusive, onFolder: folder) { try removed(unlink(path)) }
    }

    private func status(of path: String) throws -> stat? {
        var status = stat()
        if stat(path, &status) == 0 { return status }
        guard errno == ENOENT else { throw FileStoreFailure(action: "look at a file", errorNumber: errno) }
        return nil
    }

    private static func changed(_ status: stat) -> Date {
        Date(timeIntervalSince1970: Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9)
    }

    private func removed(_ result: Int32) throws {
        guard result == 0 || errno == ENOENT else { throw FileStoreFailure(action: "remove a file", errorNumber: errno) }
    }
}
