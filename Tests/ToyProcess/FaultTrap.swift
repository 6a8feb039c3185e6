import Glibc
import Messaging
import Synchronization

/// Kills the process at a chosen fault point with SIGKILL, so that nothing is flushed or closed.
final class FaultTrap: Sendable {
    private struct State {
        var reached: Set<FaultPoint> = []
        var hitsLeft: [FaultPoint: Int] = [:]
    }

    private let state = Mutex(State())

    func arm(_ point: FaultPoint, hit: Int) { state.withLock { $0.hitsLeft[point] = max(1, hit) } }

    func reach(_ point: FaultPoint) {
        let (isFirst, dies) = state.withLock { state -> (Bool, Bool) in
            let isFirst = state.reached.insert(point).inserted
            guard let left = state.hitsLeft[point] else { return (isFirst, false) }
            state.hitsLeft[point] = left - 1
            return (isFirst, left <= 1)
        }
        if isFirst { ToyReport.reached(point).publish() }
        if dies {
            ToyReport.dying(point).publish()
            kill(getpid(), SIGKILL)
        }
    }
}
