import Configuration
import Foundation
import Synchronization

extension SettingSource {
    /// More than any configuration needs: a larger file is a mistaken path.
    private static let greatestFileBytes = 1 << 20

    /// The `QUAN_*` variables of an environment. An empty one counts as not set, as compose files make them.
    static func environment(_ variables: [String: String]) -> SettingSource {
        let own = variables.filter { $0.key.hasPrefix(SettingName.environmentPrefix) && !$0.value.isEmpty }
        return SettingSource(
            origin: .environment, names: own.keys.sorted(),
            snapshot: EnvironmentVariablesProvider(environmentVariables: own).snapshot())
    }

    /// The flags among a process's arguments, the program's own name excluded.
    static func flags(_ arguments: [String]) -> SettingSource {
        let names = arguments.filter { $0.hasPrefix("--") }.map { String($0.prefix { $0 != "=" }) }
        return SettingSource(
            origin: .flag, names: Array(Set(names)).sorted(),
            snapshot: CommandLineArgumentsProvider(arguments: [""] + arguments).snapshot())
    }

    /// A configuration file, JSON or YAML by its extension.
    ///
    /// - Throws: `UnreadableFile` with what is wrong with it.
    static func file(_ path: String) throws(UnreadableFile) -> SettingSource {
        let found = Found()
        do {
            let data = try contents(of: path)
            let snapshot: any ConfigSnapshot
            switch (path as NSString).pathExtension.lowercased() {
            case "json":
                let options = JSONSnapshot.ParsingOptions(secretsSpecifier: .dynamic { found.note($0, $1) })
                snapshot = try JSONSnapshot(data: data.bytes, providerName: path, parsingOptions: options)
            case "yaml", "yml":
                let options = YAMLSnapshot.ParsingOptions(secretsSpecifier: .dynamic { key, _ in found.note(key, "") })
                snapshot = try YAMLSnapshot(data: data.bytes, providerName: path, parsingOptions: options)
            default: throw UnreadableFile(reason: "its name must end in .json, .yaml or .yml")
            }
            return SettingSource(origin: .file(path), names: found.names, snapshot: snapshot, bareValues: found.bareValues)
        } catch let refusal as UnreadableFile {
            throw refusal
        } catch {
            throw UnreadableFile(reason: "it is not a well-formed mapping of settings: \(error)")
        }
    }

    private static func contents(of path: String) throws -> Data {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw UnreadableFile(reason: "there is no such file, or it may not be read")
        }
        defer { try? handle.close() }
        let data = try handle.read(upToCount: greatestFileBytes + 1) ?? Data()
        guard data.count <= greatestFileBytes else { throw UnreadableFile(reason: "it is larger than \(greatestFileBytes) bytes") }
        return data
    }
}

/// Why a configuration file was not taken.
struct UnreadableFile: Error {
    let reason: String
}

/// What a file holds, learnt while it is parsed: a snapshot answers for a name but does not list its names, and asks of
/// each whether it is secret.
private final class Found: Sendable {
    private let written = Mutex<[String: String?]>([:])

    var names: [String] { written.withLock { $0.keys.sorted() } }
    var bareValues: [String: String] { written.withLock { $0.compactMapValues { $0 } } }

    /// Notes a name, and its value when that is a JSON number or boolean. All is secret: nothing prints the snapshot.
    func note(_ name: String, _ value: any Sendable) -> Bool {
        // A boolean is a number too, told apart only by the type that it was encoded with.
        let bare = (value as? NSNumber).map { String(cString: $0.objCType) == "c" ? String($0.boolValue) : $0.stringValue }
        written.withLock { $0[name] = bare }
        return true
    }
}
