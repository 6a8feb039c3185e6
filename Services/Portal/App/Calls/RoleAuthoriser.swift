import Access
import Kernel
import Postgres
import ProgrammeStore
import Synchronization

/// The callers that may send a command, as far as their roles decide.
enum AllowedCallers: Sendable {
    /// Every authenticated caller; the service decides.
    case authenticated
    /// Callers with a role that may take a step of one of these commands in some programme.
    case steps([String])
    /// Callers with one of these roles, for commands that no programme's procedure covers.
    case roles(Set<String>)

    /// Callers with a role that may take a step of one of these commands in some programme.
    static func step(_ commands: String...) -> AllowedCallers { .steps(commands) }
}

/// Refuses a command before it is accepted where none of the caller's roles may send it. The service checks again with the case, its
/// programme and its parties.
final class RoleAuthoriser: Sendable {
    /// How long loaded programmes are used before they are loaded again; a new programme may allow a step to another role.
    private static let maximumAge = Duration.seconds(1)

    private let pool: PostgresPool
    private let readAt = Mutex<ContinuousClock.Instant?>(nil)

    init(pool: PostgresPool) { self.pool = pool }

    /// Throws a `Refusal` under QUAN-10 where none of the caller's roles is allowed.
    func authorise(_ principal: Principal, among allowed: AllowedCallers) async throws {
        switch allowed {
        case .authenticated: return
        case .roles(let roles):
            guard roles.isDisjoint(with: principal.roles) else { return }
            throw PlatformRule.notPermitted.refusal().comparing("expected", roles.sorted().joined(separator: ","), .code)
        case .steps(let commands):
            try await readProgrammes()
            try ProgrammeRows.requirePermission(commands, by: principal.roles)
        }
    }

    private func readProgrammes() async throws {
        if let last = readAt.withLock({ $0 }), last + Self.maximumAge > .now { return }
        try await pool.withConnection { connection in
            var rows = ProgrammeRows()
            try await rows.load(connection)
        }
        readAt.withLock { $0 = .now }
    }
}
