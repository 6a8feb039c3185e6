import Foundation
import Glibc

/// Temporary folders with short paths.
public enum TemporaryFolder {
    /// The folder could not be created.
    public struct Fault: Error, Sendable, CustomStringConvertible {
        /// What failed, and where.
        public let description: String
    }

    /// Creates a folder directly in `/tmp`, accessible only to its owner, and returns its path. The caller removes it.
    ///
    /// Not in `TMPDIR`, because a Unix socket's path has at most 107 bytes, and because the database server, which may run as another
    /// user, needs access to it.
    /// - Throws: `Fault`
    public static func make(named name: String) throws(Fault) -> String {
        var template = Array("/tmp/\(name)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Fault(description: "cannot create a folder in /tmp: \(String(cString: strerror(errno)))")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
