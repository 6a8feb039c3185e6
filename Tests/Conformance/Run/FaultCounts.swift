import Foundation
import Synchronization

/// Counts the faults that happened, by kind.
final class FaultCounts: Sendable {
    private let state = Mutex<(happened: [FaultKind: Int], missed: [FaultKind: Int])>(([:], [:]))

    func record(_ kind: FaultKind, happened: Bool) {
        state.withLock { state in
            if happened { state.happened[kind, default: 0] += 1 } else { state.missed[kind, default: 0] += 1 }
        }
    }

    func happened(_ kind: FaultKind) -> Int { state.withLock { $0.happened[kind] ?? 0 } }

    var total: Int { state.withLock { $0.happened.values.reduce(0, +) } }

    /// One line for each kind.
    var table: String {
        let (happened, missed) = state.withLock { $0 }
        return FaultKind.all.filter { happened[$0] != nil || missed[$0] != nil }.map { kind in
            let name = kind.name.padding(toLength: 26, withPad: " ", startingAt: 0)
            return "  \(name) \(happened[kind] ?? 0)" + (missed[kind].map { "   (did not happen: \($0))" } ?? "")
        }.joined(separator: "\n")
    }
}
