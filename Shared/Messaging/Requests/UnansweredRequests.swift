import Foundation
import Synchronization

/// The requests that were promised here and whose outcome nobody has been told here: nobody can rely yet on what they do.
final class UnansweredRequests: Sendable {
    /// What is older is no longer waited for by anybody, so that it need not be known.
    private static let memory = Requests.tellingTime + .seconds(5)

    private let begun = Mutex<[UUID: ContinuousClock.Instant]>([:])

    init() {}

    /// All of them.
    var ids: [UUID] { begun.withLock { Array($0.keys) } }

    func begin(_ id: UUID) {
        begun.withLock { begun in
            let now = ContinuousClock.now
            // Swept when it has grown to twice what was left, so that a sweep costs each request little.
            if begun.count >= 1024, begun.count.isMultiple(of: 256) { begun = begun.filter { $0.value + Self.memory > now } }
            begun[id] = now
        }
    }

    func end(_ id: UUID) { begun.withLock { $0[id] = nil } }
}
