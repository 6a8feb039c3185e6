import Foundation
import Synchronization

/// Counts who is inside a C handle, so that it is never destroyed under anybody.
final class UseCount: Sendable {
    private let users = Atomic<Int>(0)
    private let isShut = Atomic<Bool>(false)

    /// - Returns: whether the handle may be used until `leave`
    func enter() -> Bool {
        users.add(1, ordering: .sequentiallyConsistent)
        if isShut.load(ordering: .sequentiallyConsistent) {
            leave()
            return false
        }
        return true
    }

    func leave() { users.subtract(1, ordering: .sequentiallyConsistent) }

    /// Lets nobody in any more.
    /// - Returns: whether nobody is inside now
    func shut() -> Bool {
        isShut.store(true, ordering: .sequentiallyConsistent)
        return users.load(ordering: .sequentiallyConsistent) == 0
    }

    /// Lets nobody in any more and waits, on a thread of our own, until nobody is inside.
    /// - Returns: whether that came by the deadline
    func shut(deadline: ContinuousClock.Instant) -> Bool {
        while !shut() {
            guard ContinuousClock.now < deadline else { return false }
            Thread.sleep(forTimeInterval: 0.001)
        }
        return true
    }
}
