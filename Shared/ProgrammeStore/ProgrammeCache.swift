import Kernel
import Programme
import Synchronization

/// The programmes that this process has loaded. Loading takes far longer than evaluating, and a published version never changes.
final class ProgrammeCache: Sendable {
    /// The cache of this process.
    static let shared = ProgrammeCache()

    /// A version and the hash of its files.
    struct Key: Hashable {
        let programme: ProgrammeVersion
        let hash: String
    }

    typealias LoadResult = Result<Programme, ProgrammeUnreadable>

    /// More versions than any installation publishes in years. At this number the cache is emptied and refilled.
    private static let maximumResults = 128

    /// The roles that may take the steps of a command in a programme, and the clauses that say so.
    struct PermittedRoles: Hashable {
        /// The roles of all versions together, because a case keeps the version it began under.
        var roles: Set<String> = []
        /// The clauses of the newest version.
        var clauses: [String] = []
        fileprivate var version = 0
    }

    private struct State {
        var results: [Key: LoadResult] = [:]
        /// By command and programme.
        var permittedRoles: [String: [String: PermittedRoles]] = [:]
    }

    private let state = Mutex(State())

    /// The cached result for a key; nil if these files were not loaded yet.
    func result(_ key: Key) -> LoadResult? { state.withLock { $0.results[key] } }

    /// The roles that may take a step with one of these commands, one element per programme: the named one, or all loaded ones. Programmes
    /// without such a step are left out.
    func permittedRoles(of commands: [String], in programmeID: String?) -> [PermittedRoles] {
        state.withLock { state in
            var found: [String: PermittedRoles] = [:]
            for command in commands {
                for (programme, permitted) in state.permittedRoles[command] ?? [:] where programmeID == nil || programme == programmeID {
                    found[programme, default: PermittedRoles()].roles.formUnion(permitted.roles)
                    found[programme, default: PermittedRoles()].add(permitted.clauses)
                }
            }
            return Array(found.values)
        }
    }

    /// Loads the files, or returns the cached result.
    func load(_ source: ProgrammeSource, _ key: Key) -> LoadResult {
        if let result = result(key) { return result }
        let result = Self.load(source, as: key.programme)
        state.withLock { state in
            if state.results.count >= Self.maximumResults { state = State() }
            state.results[key] = result
            guard case .success(let programme) = result else { return }
            let version = programme.version
            for (command, steps) in Dictionary(grouping: programme.procedures.flatMap(\.steps), by: \.command) {
                var permittedRoles = state.permittedRoles[command]?[programme.id] ?? PermittedRoles()
                for step in steps { permittedRoles.roles.formUnion(step.by) }
                if version >= permittedRoles.version {
                    (permittedRoles.version, permittedRoles.clauses) = (version, [])
                    for step in steps { permittedRoles.add(step.citation.clauses) }
                }
                state.permittedRoles[command, default: [:]][programme.id] = permittedRoles
            }
        }
        return result
    }

    private static func load(_ source: ProgrammeSource, as version: ProgrammeVersion) -> LoadResult {
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

extension ProgrammeCache.PermittedRoles {
    /// Adds clauses that are not in the list yet.
    fileprivate mutating func add(_ more: [String]) { clauses += more.filter { !clauses.contains($0) } }
}
