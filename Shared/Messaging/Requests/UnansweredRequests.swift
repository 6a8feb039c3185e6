import Foundation
import Synchronization

/// The commands accepted by this process whose outcome has not been returned to a caller: no caller can expect to read their effects yet.
final class UnansweredRequests: Sendable {
    /// Older commands are not waited for (`Requests.eventTimeout`), so they can be dropped.
    private static let retention = Requests.eventTimeout + .seconds(5)

    private let begun = Mutex<[UUID: ContinuousClock.Instant]>([:])

    init() {}

    /// Their ids.
    var ids: [UUID] { begun.withLock { Array($0.keys) } }

    func begin(_ id: UUID) {
        begun.withLock { begun in
            let now = ContinuousClock.now
            // Old entries are removed only at every 256th size, so that the removal costs little per request.
            if begun.count >= 1024, begun.count.isMultiple(of: 256) { begun = begun.filter { $0.value + Self.retention > now } }
            begun[id] = now
        }
    }

    func end(_ id: UUID) { begun.withLock { $0[id] = nil } }
}
