import Foundation
import Glibc

/// Folders for what runs for a while and leaves nothing behind.
public enum ShortFolder {
    /// No folder could be made.
    public struct Fault: Error, Sendable, CustomStringConvertible {
        /// What is wrong, and where.
        public let description: String
    }

    /// Makes a new folder right below `/tmp`, for its owner alone, and gives its path. Whoever made it removes it.
    ///
    /// Not in `TMPDIR`: a Unix socket's path has 107 bytes at most, and the database's server, which may run as another user, must be able to
    /// reach it.
    /// - Throws: `Fault`
    public static func make(named name: String) throws(Fault) -> String {
        var template = Array("/tmp/\(name)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Fault(description: "cannot make a folder in /tmp: \(String(cString: strerror(errno)))")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
