import Synchronization

/// Whether a service can do its work now: every named check must be green.
///
/// Red readiness takes no work from a service that reads from Kafka; it tells operators and load balancers. A check is
/// asked anew for each answer, within a deadline, and never twice at once: one that hangs is red, and cannot pile up.
public final class Readiness: Sendable {
    /// How long a check may take before it counts as red.
    public static let checkDeadline: Duration = .seconds(2)

    private let checks = Mutex<[String: ReadinessCheck]>([:])

    /// A registry without checks.
    public init() {}

    /// Adds a check that is asked whenever readiness is; one of the same name is replaced.
    public func add(_ name: String, _ check: @escaping @Sendable () async -> HealthState) {
        checks.withLock { $0[name] = ReadinessCheck(check) }
    }

    /// Adds a state that its owner sets whenever it changes.
    public func addFlag(_ name: String, initially state: HealthState) -> ReadinessFlag {
        let flag = ReadinessFlag(state)
        add(name) { flag.state }
        return flag
    }

    /// Asks every check, all at once.
    public func report() async -> HealthReport {
        let checks = checks.withLock { $0 }
        return await withTaskGroup(of: (String, HealthState).self) { group in
            for (name, check) in checks {
                group.addTask { (name, await check.state(within: Self.checkDeadline)) }
            }
            return HealthReport(await group.reduce(into: [:]) { $0[$1.0] = $1.1 })
        }
    }
}

/// A state that its owner sets; see `Readiness.addFlag`.
public final class ReadinessFlag: Sendable {
    private let current: Mutex<HealthState>

    init(_ state: HealthState) { current = Mutex(state) }

    /// The state that was set last.
    public var state: HealthState { current.withLock { $0 } }

    /// Sets the state.
    public func set(_ state: HealthState) { current.withLock { $0 = state } }
}

/// A check that runs at most once at a time.
private final class ReadinessCheck: Sendable {
    private let check: @Sendable () async -> HealthState
    private let isRunning = Mutex(false)

    init(_ check: @escaping @Sendable () async -> HealthState) { self.check = check }

    func state(within deadline: Duration) async -> HealthState {
        let mayStart = isRunning.withLock { isRunning in
            defer { isRunning = true }
            return !isRunning
        }
        guard mayStart else { return .unwell("the check that was asked before has not answered yet") }
        let state = await firstOutcome(within: deadline) {
            let state = await self.check()
            self.isRunning.withLock { $0 = false }
            return state
        }
        return state ?? .unwell("the check did not answer within \(deadline.settingText)")
    }
}
