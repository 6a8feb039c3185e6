import Foundation
import Synchronization

/// Counts the running uses of a C handle, so that the handle is not destroyed while it is used.
final class UseCount: Sendable {
    private let users = Atomic<Int>(0)
    private let isShut = Atomic<Bool>(false)

    /// Uses the handle. Returns nil, without calling `body`, when new uses are refused.
    func run<R>(_ body: () throws -> R) rethrows -> R? {
        users.add(1, ordering: .sequentiallyConsistent)
        defer { users.subtract(1, ordering: .sequentiallyConsistent) }
        guard !isShut.load(ordering: .sequentiallyConsistent) else { return nil }
        return try body()
    }

    /// Refuses new uses.
    /// - Returns: whether no use is running
    func shut() -> Bool {
        isShut.store(true, ordering: .sequentiallyConsistent)
        return users.load(ordering: .sequentiallyConsistent) == 0
    }

    /// Refuses new uses, and waits on the calling thread until no use is running.
    /// - Returns: whether that happened by the deadline
    func shut(deadline: ContinuousClock.Instant) -> Bool {
        while !shut() {
            guard ContinuousClock.now < deadline else { return false }
            Thread.sleep(forTimeInterval: 0.001)
        }
        return true
    }
}
