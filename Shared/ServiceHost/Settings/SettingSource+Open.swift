import Configuration
import Foundation
import Synchronization

extension SettingSource {
    /// No configuration needs more: a larger file means that the path is wrong.
    private static let maximumFileBytes = 1 << 20

    /// The `QUAN_*` variables of an environment. An empty variable counts as not set, because Compose passes unset ones as empty.
    static func environment(_ variables: [String: String]) -> SettingSource {
        let own = variables.filter { $0.key.hasPrefix(SettingName.environmentPrefix) && !$0.value.isEmpty }
        return SettingSource(
            origin: .environment, names: own.keys.sorted(),
            snapshot: EnvironmentVariablesProvider(environmentVariables: own).snapshot())
    }

    /// The flags of a process's arguments, which exclude the program's name.
    static func flags(_ arguments: [String]) -> SettingSource {
        let names = arguments.filter { $0.hasPrefix("--") }.map { String($0.prefix { $0 != "=" }) }
        return SettingSource(
            origin: .flag, names: Array(Set(names)).sorted(),
            snapshot: CommandLineArgumentsProvider(arguments: [""] + arguments).snapshot())
    }

    /// Reads a configuration file, as JSON or YAML according to its extension.
    static func file(_ path: String) throws(UnreadableFile) -> SettingSource {
        let keys = KeyRecorder()
        do {
            let data = try contents(of: path)
            let snapshot: any ConfigSnapshot
            switch (path as NSString).pathExtension.lowercased() {
            case "json":
                let options = JSONSnapshot.ParsingOptions(secretsSpecifier: .dynamic { keys.record($0, $1) })
                snapshot = try JSONSnapshot(data: data.bytes, providerName: path, parsingOptions: options)
            case "yaml", "yml":
                let options = YAMLSnapshot.ParsingOptions(secretsSpecifier: .dynamic { key, _ in keys.record(key, "") })
                snapshot = try YAMLSnapshot(data: data.bytes, providerName: path, parsingOptions: options)
            default: throw UnreadableFile(reason: "its name must end in .json, .yaml or .yml")
            }
            return SettingSource(origin: .file(path), names: keys.names, snapshot: snapshot, bareValues: keys.bareValues)
        } catch let refusal as UnreadableFile {
            throw refusal
        } catch {
            throw UnreadableFile(reason: "it is not a well-formed mapping of settings: \(error)")
        }
    }

    private static func contents(of path: String) throws -> Data {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw UnreadableFile(reason: "there is no such file, or it cannot be read")
        }
        defer { try? handle.close() }
        let data = try handle.read(upToCount: maximumFileBytes + 1) ?? Data()
        guard data.count <= maximumFileBytes else { throw UnreadableFile(reason: "it is larger than \(maximumFileBytes) bytes") }
        return data
    }
}

/// The reason why a configuration file cannot be used.
struct UnreadableFile: Error {
    let reason: String
}

/// Records the keys of a file while it is parsed. A snapshot does not list its keys, but its parser asks of each key whether it is secret.
private final class KeyRecorder: Sendable {
    private let recorded = Mutex<[String: String?]>([:])

    var names: [String] { recorded.withLock { $0.keys.sorted() } }
    var bareValues: [String: String] { recorded.withLock { $0.compactMapValues { $0 } } }

    /// Records a name, and its value when that is a JSON number or boolean. Returns true: every value is treated as secret.
    func record(_ name: String, _ value: any Sendable) -> Bool {
        // A boolean is an `NSNumber` too; only its Objective-C type distinguishes it.
        let bare = (value as? NSNumber).map { String(cString: $0.objCType) == "c" ? String($0.boolValue) : $0.stringValue }
        recorded.withLock { $0[name] = bare }
        return true
    }
}
