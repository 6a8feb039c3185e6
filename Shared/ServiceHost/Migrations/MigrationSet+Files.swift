public import Foundation

extension MigrationSet {
    /// Reads the migrations from a folder of files with names such as `0001-create-orders.sql`.
    ///
    /// - Parameters:
    ///   - name: the owner's name.
    ///   - folder: contains only migrations; a file with any other name is refused.
    /// - Throws: `MigrationRefusal` when the folder cannot be read, or a file's name is invalid.
    public init(_ name: String, filesIn folder: URL) throws {
        let empty = MigrationSet(name, [])
        let files: [URL]
        do {
            files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        } catch {
            throw MigrationRefusal(set: empty, "the folder \(folder.path) cannot be read; was it bundled with the program?")
        }
        let migrations = try files.map { file in
            let parts = file.deletingPathExtension().lastPathComponent.split(separator: "-", maxSplits: 1).map(String.init)
            guard file.pathExtension == "sql", parts.count == 2, let number = Int(parts[0]) else {
                throw MigrationRefusal(
                    set: empty, "\(file.lastPathComponent) is not the name of a migration; expected a number, a hyphen, a name and .sql")
            }
            guard let sql = try? String(contentsOf: file, encoding: .utf8) else {
                throw MigrationRefusal(set: empty, "\(file.lastPathComponent) cannot be read as UTF-8")
            }
            return Migration(number, parts[1], sql: sql)
        }
        self.init(name, migrations)
    }
}
