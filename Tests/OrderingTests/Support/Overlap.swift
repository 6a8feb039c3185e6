import Foundation
import Messaging
import Synchronization

/// Watches a service's transactions from inside: when each took up its messages, right before it asks for their rows, and when it was
/// committed, and so which were under way at the same time. A transaction belongs to the task that runs it.
final class Overlap: Sendable {
    private struct State {
        var begun: [Int: ContinuousClock.Instant] = [:]
        var spans: [(from: ContinuousClock.Instant, to: ContinuousClock.Instant)] = []
    }

    private let state = Mutex(State())

    /// The hook to hand to a service.
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

    /// How many transactions there were, and how many of them were under way while another was.
    var counts: (all: Int, overlapping: Int) {
        let spans = state.withLock(\.spans)
        let overlapping = spans.indices.filter { index in
            spans.indices.contains { $0 != index && spans[$0].from < spans[index].to && spans[index].from < spans[$0].to }
        }
        return (spans.count, overlapping.count)
    }
}

/// Holds the next transaction once its rows are locked, until it is let go: so that another is sure to come upon the locks.
final class Gate: Sendable {
    private struct State {
        var isArmed = false
        var isHolding = false
        var isOpen = false
    }

    private let state = Mutex(State())

    /// The hook to hand to a service.
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
            while !self.state.withLock(\.isOpen), ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(2)) }
            self.state.withLock { $0.isHolding = false }
        }
    }

    func arm() { state.withLock { $0 = State(isArmed: true) } }
    func open() { state.withLock { $0.isOpen = true } }
    var isHolding: Bool { state.withLock(\.isHolding) }
}
