import Access
import Kernel
import Postgres
import ProgrammeStore
import Synchronization

/// Who may ask for something, as far as the caller's roles tell.
enum Senders: Sendable {
    /// Whoever has a token: the service judges.
    case anybody
    /// Whoever may take a step of one of these commands in some programme.
    case takers([String])
    /// Whoever has one of these roles: for what no programme's procedure says.
    case roles(Set<String>)

    /// Whoever may take a step of one of these commands in some programme.
    static func step(_ commands: String...) -> Senders { .takers(commands) }
}

/// Refuses callers whose roles cannot have done what they ask for, before anything is promised. Whoever passes is judged again by the service,
/// which knows the case, its programme and its parties.
final class RoleGate: Sendable {
    /// How long the programmes that were read count as all there are: a programme may give a step to a role that none gave it before.
    private static let fresh = Duration.seconds(1)

    private let pool: PostgresPool
    private let readAt = Mutex<ContinuousClock.Instant?>(nil)

    init(pool: PostgresPool) { self.pool = pool }

    /// Throws a `Refusal` under QUAN-10 where none of the caller's roles is among those.
    func admit(_ principal: Principal, among senders: Senders) async throws {
        switch senders {
        case .anybody: return
        case .roles(let roles):
            guard roles.isDisjoint(with: principal.roles) else { return }
            throw PlatformRule.notPermitted.refusal().comparing("expected", roles.sorted().joined(separator: ","), .code)
        case .takers(let commands):
            try await readProgrammes()
            try ProgrammeRows.mustTake(commands, by: principal.roles)
        }
    }

    private func readProgrammes() async throws {
        if let last = readAt.withLock({ $0 }), last + Self.fresh > .now { return }
        try await pool.withConnection { connection in
            var rows = ProgrammeRows()
            try await rows.load(connection)
        }
        readAt.withLock { $0 = .now }
    }
}
