import Synchronization

/// Whether a process's main loops still turn: each ticks within the bound it gave, or the process should be restarted.
public final class Liveness: Sendable {
    private let loops = Mutex<[String: Heartbeat]>([:])

    /// A registry without loops: alive as long as it answers.
    public init() {}

    /// Adds a loop, which must tick at least once in every `silenceBound` from now on; one of the same name is replaced.
    public func addLoop(_ name: String, silenceBound: Duration) -> Heartbeat {
        let heartbeat = Heartbeat(silenceBound: silenceBound)
        loops.withLock { $0[name] = heartbeat }
        return heartbeat
    }

    /// What each loop's last tick says.
    public func report() -> HealthReport {
        HealthReport(loops.withLock { $0 }.mapValues(\.state))
    }
}

/// The pulse of one loop.
public final class Heartbeat: Sendable {
    private let silenceBound: Duration
    /// The last tick; `nil` once the loop ended.
    private let lastTick: Mutex<ContinuousClock.Instant?>

    init(silenceBound: Duration) {
        self.silenceBound = silenceBound
        lastTick = Mutex(.now)
    }

    /// Says that the loop turned.
    public func tick() { lastTick.withLock { $0 = .now } }

    /// Says that the loop ended as it should: its silence is no fault from now on.
    public func end() { lastTick.withLock { $0 = nil } }

    var state: HealthState {
        guard let lastTick = lastTick.withLock({ $0 }) else { return .well }
        let silence = lastTick.duration(to: .now)
        guard silence > silenceBound else { return .well }
        return .unwell("silent for \(silence.components.seconds)s, more than its bound of \(silenceBound.settingText)")
    }
}
