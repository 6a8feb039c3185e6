import Foundation
import Glibc

/// A file of lines that only grows. A line that was added is on the disk: it outlives the process, killed at any instant.
struct Journal: Sendable {
    /// Why the journal cannot be kept.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let descriptor: Int32

    /// Opens the journal, and reads what is in it. A last line without its end was being written when the process died: nobody was told of
    /// it, and it is cut off.
    static func open(_ path: String) throws -> (journal: Journal, lines: [String]) {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(description: "cannot open \(path): \(String(cString: strerror(errno)))") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            _ = Glibc.close(descriptor)
            throw Failure(description: "another bank keeps its book in \(path)")
        }
        let bytes = try Data(contentsOf: URL(filePath: path))
        let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { bytes.prefix(through: $0) } ?? Data()
        guard ftruncate(descriptor, off_t(whole.count)) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else {
            throw Failure(description: "cannot cut \(path): \(String(cString: strerror(errno)))")
        }
        let lines = String(decoding: whole, as: UTF8.self).split(separator: "\n").map(String.init)
        return (Journal(descriptor: descriptor), lines)
    }

    /// Adds lines and waits until they are on the disk.
    func add(_ lines: [String]) throws {
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

    /// Lets the file go.
    func close() { _ = Glibc.close(descriptor) }
}
