import Synchronization

/// Whether a service can do its work now: all checks must be well.
///
/// A service that is not ready still reads from Kafka; readiness is for operators and load balancers. Each report runs every check
/// anew, within a deadline and at most once at a time, so that a check that hangs is reported as unwell and its runs do not accumulate.
public final class Readiness: Sendable {
    /// The maximum duration of a check; after it the check counts as unwell.
    public static let checkDeadline: Duration = .seconds(2)

    private let checks = Mutex<[String: ReadinessCheck]>([:])

    /// Without checks the service is ready.
    public init() {}

    /// Adds a check that each report runs. It replaces a check of the same name.
    public func add(_ name: String, _ check: @escaping @Sendable () async -> HealthState) {
        checks.withLock { $0[name] = ReadinessCheck(check) }
    }

    /// Adds a check whose state the caller sets when it changes.
    public func addFlag(_ name: String, initially state: HealthState) -> ReadinessFlag {
        let flag = ReadinessFlag(state)
        add(name) { flag.state }
        return flag
    }

    /// Runs all checks concurrently.
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

/// The state of a check that is set by its owner; see `Readiness.addFlag`.
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
        guard mayStart else { return .unwell("the previous run of the check has not finished") }
        let state = await firstOutcome(within: deadline) {
            let state = await self.check()
            self.isRunning.withLock { $0 = false }
            return state
        }
        return state ?? .unwell("the check did not finish within \(deadline.settingText)")
    }
}
