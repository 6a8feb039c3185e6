import Foundation
import Messaging
import Synchronization

/// Measures which transactions of a service overlap, from receiving the messages to the commit. A transaction is identified by its task.
final class TransactionOverlap: Sendable {
    private struct State {
        var begun: [Int: ContinuousClock.Instant] = [:]
        var spans: [(from: ContinuousClock.Instant, to: ContinuousClock.Instant)] = []
    }

    private let state = Mutex(State())

    /// The fault hook for the service.
    var hook: FaultHook {
        { point in
            let task = withUnsafeCurrentTask { $0?.hashValue ?? 0 }
            self.state.withLock { state in
                switch point {
                case .received: state.begun[task] = .now
                case .committed:
                    guard let from = state.begun.removeValue(forKey: task) else { return }
                    state.spans.append((from, .now))
                default: break
                }
            }
        }
    }

    /// The number of transactions, and how many of them overlapped another.
    var counts: (all: Int, overlapping: Int) {
        let spans = state.withLock(\.spans)
        let overlapping = spans.indices.filter { index in
            spans.indices.contains { $0 != index && spans[$0].from < spans[index].to && spans[index].from < spans[$0].to }
        }
        return (spans.count, overlapping.count)
    }
}

/// Pauses the next transaction once its rows are locked, until `release`, so that another transaction meets the locks.
final class TransactionPause: Sendable {
    private struct State {
        var isArmed = false
        var isHolding = false
        var isReleased = false
    }

    private let state = Mutex(State())

    /// The fault hook for the service.
    var hook: FaultHook {
        { point in
            guard point == .locked else { return }
            let holds = self.state.withLock { state in
                guard state.isArmed else { return false }
                state.isArmed = false
                state.isHolding = true
                return true
            }
            guard holds else { return }
            let end = ContinuousClock.now + .seconds(8)
            while !self.state.withLock(\.isReleased), ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(2)) }
            self.state.withLock { $0.isHolding = false }
        }
    }

    func arm() { state.withLock { $0 = State(isArmed: true) } }
    func release() { state.withLock { $0.isReleased = true } }
    var isHolding: Bool { state.withLock(\.isHolding) }
}
