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

    /// Who may take the steps of a command in a programme, and under which clauses.
    struct Takers: Hashable {
        /// In all its versions together: a case goes by the version that it began under.
        var roles: Set<String> = []
        /// Of its newest version.
        var clauses: [String] = []
        fileprivate var version = 0
    }

    private struct State {
        var readings: [Key: Reading] = [:]
        /// By command and programme.
        var takers: [String: [String: Takers]] = [:]
    }

    private let state = Mutex(State())

    /// What was read under that key, if it was.
    func reading(_ key: Key) -> Reading? { state.withLock { $0.readings[key] } }

    /// Who may take a step of one of these commands, by programme: in the named one, or in all that were read. Programmes without such a step are
    /// left out.
    func takers(of commands: [String], in programmeID: String?) -> [Takers] {
        state.withLock { state in
            var found: [String: Takers] = [:]
            for command in commands {
                for (programme, takers) in state.takers[command] ?? [:] where programmeID == nil || programme == programmeID {
                    found[programme, default: Takers()].roles.formUnion(takers.roles)
                    found[programme, default: Takers()].add(takers.clauses)
                }
            }
            return Array(found.values)
        }
    }

    /// Reads the files, or finds that they were read before.
    func read(_ source: ProgrammeSource, _ key: Key) -> Reading {
        if let reading = reading(key) { return reading }
        let reading = Self.load(source, as: key.programme)
        state.withLock { state in
            if state.readings.count >= Self.readingsAtMost { state = State() }
            state.readings[key] = reading
            guard case .success(let programme) = reading else { return }
            let version = programme.version
            for (command, steps) in Dictionary(grouping: programme.procedures.flatMap(\.steps), by: \.command) {
                var takers = state.takers[command]?[programme.id] ?? Takers()
                for step in steps { takers.roles.formUnion(step.by) }
                if version >= takers.version {
                    (takers.version, takers.clauses) = (version, [])
                    for step in steps { takers.add(step.citation.clauses) }
                }
                state.takers[command, default: [:]][programme.id] = takers
            }
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

extension ProgrammeCache.Takers {
    /// Adds clauses that are not among them.
    fileprivate mutating func add(_ more: [String]) { clauses += more.filter { !clauses.contains($0) } }
}
