import Synchronization

/// Lets calls of `send` wait while librdkafka's queue is full. All waiters are resumed after each delivery report and at least ten
/// times a second, so that a missed wake-up costs little and each caller can enforce its own deadline.
final class ProducerQueueSpace: Sendable {
    /// nil once it is closed.
    private let waiters = Mutex<[CheckedContinuation<Void, Never>]?>([])

    func wait() async {
        await withCheckedContinuation { continuation in
            let isWaiting = waiters.withLock { $0?.append(continuation) != nil }
            if !isWaiting { continuation.resume() }
        }
    }

    func resumeWaiters() {
        let resumed = waiters.withLock { waiters in
            defer { if waiters != nil { waiters = [] } }
            return waiters ?? []
        }
        for waiter in resumed { waiter.resume() }
    }

    /// Resumes all waiters; later calls of `wait` return at once.
    func close() {
        for waiter in waiters.withLock({ $0.take() }) ?? [] { waiter.resume() }
    }
}
