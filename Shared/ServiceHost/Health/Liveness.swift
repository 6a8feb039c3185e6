import Synchronization

/// Whether a process's main loops still run. A loop that does not tick within its bound means that the process should be restarted.
public final class Liveness: Sendable {
    private let loops = Mutex<[String: Heartbeat]>([:])

    /// Without loops the process is alive.
    public init() {}

    /// Adds a loop, which must tick at least once in every `silenceBound` from now on. It replaces a loop of the same name.
    public func addLoop(_ name: String, silenceBound: Duration) -> Heartbeat {
        let heartbeat = Heartbeat(silenceBound: silenceBound)
        loops.withLock { $0[name] = heartbeat }
        return heartbeat
    }

    /// Reports the state of each loop.
    public func report() -> HealthReport {
        HealthReport(loops.withLock { $0 }.mapValues(\.state))
    }
}

/// The heartbeat of one loop.
public final class Heartbeat: Sendable {
    private let silenceBound: Duration
    /// The last tick; `nil` once the loop ended.
    private let lastTick: Mutex<ContinuousClock.Instant?>

    init(silenceBound: Duration) {
        self.silenceBound = silenceBound
        lastTick = Mutex(.now)
    }

    /// Records a tick of the loop.
    public func tick() { lastTick.withLock { $0 = .now } }

    /// Records that the loop has ended normally; it does not have to tick any more.
    public func end() { lastTick.withLock { $0 = nil } }

    var state: HealthState {
        guard let lastTick = lastTick.withLock({ $0 }) else { return .well }
        let silence = lastTick.duration(to: .now)
        guard silence > silenceBound else { return .well }
        return .unwell("no tick for \(silence.components.seconds)s, more than its bound of \(silenceBound.settingText)")
    }
}
