import Foundation

/// The programs of an installation, located in one folder with this program.
package enum Programs {
    /// The path of this program.
    private static let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]

    /// The path of a service's program. Throws a `CommandError` if it does not exist.
    package static func file(_ service: PlatformService) throws -> String { try file(service.program) }

    /// The path of the operator's program `quan`, which also runs the embedded broker. Throws a `CommandError` if it does not exist.
    static func operatorTool() throws -> String { try file("quan") }

    private static func file(_ name: String) throws -> String {
        let file = URL(filePath: own).deletingLastPathComponent().appending(path: name).path
        guard FileManager.default.isExecutableFile(atPath: file) else {
            throw CommandError("\(file) does not exist: build the whole package with ./quan")
        }
        return file
    }

    /// The programmes folder, next to this program or in the repository in which it was built; nil if there is none.
    package static func programmes() -> String? {
        var folder = URL(filePath: own).deletingLastPathComponent()
        for _ in 0..<6 {
            for name in ["programmes", "Shared/Programmes"] {
                let found = folder.appending(path: name).path
                if FileManager.default.fileExists(atPath: found + "/clauses") { return found }
            }
            folder.deleteLastPathComponent()
        }
        return nil
    }
}
