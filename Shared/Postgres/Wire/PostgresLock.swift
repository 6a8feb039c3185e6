internal import Glibc

/// A value protected by a mutex. Hold the lock only briefly, without `await` or blocking I/O.
///
/// Not `Synchronization.Mutex`: the slow path of that type is in a library that the thread sanitizer does not instrument, so that it
/// reports false races after contention. It supports pthread mutexes.
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
