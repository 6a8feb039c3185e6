import Foundation

/// The programs of an installation, which lie beside this one.
enum Programs {
    /// This program's own file.
    static let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]

    /// The file of a service's program. Throws a `Complaint` where it is not there.
    static func file(_ service: PlatformService) throws -> String {
        let file = URL(filePath: own).deletingLastPathComponent().appending(path: service.program).path
        guard FileManager.default.isExecutableFile(atPath: file) else {
            throw Complaint("there is no \(file): build the whole package, as ./quan does")
        }
        return file
    }

    /// The folder of the programmes: beside this program, or in the repository it was built in.
    static func programmes() -> String? {
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
