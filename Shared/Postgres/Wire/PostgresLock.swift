internal import Glibc

/// A value that one thread at a time touches, for moments only: nothing is awaited and no I/O waits inside.
///
/// `Synchronization.Mutex` would do the same, but its slow path lies in a library that the thread sanitizer cannot see into:
/// each lock that was contended looks like none, and the sanitizer reports races that do not exist. It knows pthread's.
final class PostgresLock<Value>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private var value: Value

    init(_ value: sending Value) {
        self.value = value
        // On the heap, because a pthread mutex must not move.
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}
