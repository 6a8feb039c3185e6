import Kernel
import Programme
import Synchronization

/// The programmes this process has read. Reading one takes far longer than deciding by it, and a published version never changes.
final class ProgrammeCache: Sendable {
    /// The process's own.
    static let shared = ProgrammeCache()

    /// A version by its names and its files.
    struct Key: Hashable {
        let programme: ProgrammeVersion
        let hash: String
    }

    typealias Reading = Result<Programme, ProgrammeUnreadable>

    /// More than any installation publishes in years. At the bound all is forgotten and read again.
    private static let readingsAtMost = 128

    private struct State {
        var readings: [Key: Reading] = [:]
        /// The roles that take each command, in all of them together.
        var roles: [String: Set<String>] = [:]
    }

    private let state = Mutex(State())

    /// What was read under that key, if it was.
    func reading(_ key: Key) -> Reading? { state.withLock { $0.readings[key] } }

    /// The roles that may take a step of one of these commands in some programme; nil where no programme was read that has one.
    func roles(taking commands: [String]) -> Set<String>? {
        let roles = state.withLock { state in commands.reduce(into: Set<String>()) { $0.formUnion(state.roles[$1] ?? []) } }
        return roles.isEmpty ? nil : roles
    }

    /// Reads the files, or finds that they were read before.
    func read(_ source: ProgrammeSource, _ key: Key) -> Reading {
        if let reading = reading(key) { return reading }
        let reading = Self.load(source, as: key.programme)
        state.withLock { state in
            if state.readings.count >= Self.readingsAtMost { state = State() }
            state.readings[key] = reading
            guard case .success(let programme) = reading else { return }
            for step in programme.procedures.flatMap(\.steps) { state.roles[step.command, default: []].formUnion(step.by) }
        }
        return reading
    }

    private static func load(_ source: ProgrammeSource, as version: ProgrammeVersion) -> Reading {
        do {
            let programme = try source.load().programme
            let named = ProgrammeVersion(programmeID: programme.id, version: programme.version)
            guard named == version else {
                return .failure(ProgrammeUnreadable(version, "its file says \(named.programmeID) version \(named.version)"))
            }
            return .success(programme)
        } catch {
            return .failure(ProgrammeUnreadable(version, error))
        }
    }
}
