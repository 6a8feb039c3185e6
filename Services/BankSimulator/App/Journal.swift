import Foundation
import Glibc

/// An append-only file of lines. A line that was appended is flushed to the disk, so that it survives a crash.
struct Journal: Sendable {
    /// The journal cannot be read or written.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let descriptor: Int32

    /// Opens the journal and reads its lines. An incomplete last line is cut off, because the process crashed before it answered.
    static func open(_ path: String) throws -> (journal: Journal, lines: [String]) {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(description: "cannot open \(path): \(String(cString: strerror(errno)))") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            _ = Glibc.close(descriptor)
            throw Failure(description: "another process uses the journal \(path); stop it or choose another file")
        }
        let bytes = try Data(contentsOf: URL(filePath: path))
        let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { bytes.prefix(through: $0) } ?? Data()
        guard ftruncate(descriptor, off_t(whole.count)) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else {
            throw Failure(description: "cannot truncate \(path): \(String(cString: strerror(errno)))")
        }
        let lines = String(decoding: whole, as: UTF8.self).split(separator: "\n").map(String.init)
        return (Journal(descriptor: descriptor), lines)
    }

    /// Appends lines and waits until they are on the disk.
    func append(_ lines: [String]) throws {
        var rest = Array(lines.map { $0 + "\n" }.joined().utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else {
                if written < 0, errno == EINTR { continue }
                throw Failure(description: "cannot write the journal: \(String(cString: strerror(errno)))")
            }
            rest = rest.dropFirst(written)
        }
        guard fsync(descriptor) == 0 else { throw Failure(description: "cannot flush the journal: \(String(cString: strerror(errno)))") }
    }

    /// Closes the file.
    func close() { _ = Glibc.close(descriptor) }
}
