public import Foundation
import Glibc
public import Kernel

extension FileStore {
    /// The path of a stored file, whether it exists or not. For backups and operators: only reading through the store verifies the content.
    public func path(of hash: ContentHash) -> URL { URL(filePath: place(of: hash).file) }

    /// Two levels of folders, so that no folder grows too large.
    func place(of hash: ContentHash) -> (folder: String, file: String) {
        let folder = folder.appending(path: hash.part).path
        return (folder, "\(folder)/\(hash.hexadecimal)")
    }

    /// Writes a temporary file, syncs it and renames it, so that the path never shows a partial file. If the file exists, only its age is
    /// renewed.
    func write(_ bytes: [UInt8], to hash: ContentHash) throws {
        let (folder, file) = place(of: hash)
        if let there = try read(hash), there == bytes, try renewAge(of: file) { return }
        try makeFolder(folder)
        let temporary = "\(folder)/.\(UUID().uuidString)"
        do {
            try writeDurably(bytes, to: temporary)
            guard rename(temporary, file) == 0 else { throw FileStoreFailure(action: "rename a file", errorNumber: errno) }
        } catch {
            unlink(temporary)
            throw error
        }
        try makeDurable(folder: folder)
    }

    /// The bytes stored under a hash; nil if there is no file.
    func read(_ hash: ContentHash) throws -> [UInt8]? {
        let descriptor = open(place(of: hash).file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw FileStoreFailure(action: "open a file", errorNumber: errno) }
            return nil
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileStoreFailure(action: "look at a file", errorNumber: errno) }
        // Reads one byte more than the size, so that the hash check detects a file that has grown.
        var bytes = [UInt8](repeating: 0, count: min(Int(status.st_size), Self.maximumBytes) + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count) }
            if got == 0 { break }
            if got > 0 {
                count += got
            } else if errno != EINTR {
                throw FileStoreFailure(action: "read a file", errorNumber: errno)
            }
        }
        return Array(bytes.prefix(count))
    }

    private func writeDurably(_ bytes: [UInt8], to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw FileStoreFailure(action: "make a file", errorNumber: errno) }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written) }
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                throw FileStoreFailure(action: "write a file", errorNumber: errno)
            }
        }
        guard fsync(descriptor) == 0 else { throw FileStoreFailure(action: "make a file durable", errorNumber: errno) }
    }

    /// Sets a file's modification time to now; false if the file does not exist.
    func renewAge(of path: String) throws -> Bool {
        if utimensat(AT_FDCWD, path, nil, 0) == 0 { return true }
        guard errno == ENOENT else { throw FileStoreFailure(action: "renew a file's age", errorNumber: errno) }
        return false
    }

    /// Creates a folder and its missing parents, and syncs each parent.
    func makeFolder(_ path: String) throws {
        if mkdir(path, 0o750) == 0 { return try makeDurable(folder: Self.parent(of: path)) }
        switch errno {
        case EEXIST: return
        case ENOENT where path != "/":
            try makeFolder(Self.parent(of: path))
            try makeFolder(path)
        default: throw FileStoreFailure(action: "make a folder", errorNumber: errno)
        }
    }

    private static func parent(of path: String) -> String { URL(filePath: path).deletingLastPathComponent().path }

    /// Syncs a folder, which makes new names in it durable.
    func makeDurable(folder: String) throws {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileStoreFailure(action: "open a folder", errorNumber: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileStoreFailure(action: "make a folder durable", errorNumber: errno) }
    }
}
