import Foundation

/// Dedicated threads, because librdkafka's calls may block and Swift's cooperative pool has only as many threads as cores.
enum DedicatedThread {
    static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.name = name
        thread.start()
    }

    /// Runs the body on a new thread and waits for it; call it from a dedicated thread. A body that does not end by the deadline is
    /// abandoned: librdkafka 2.0.2 can hang while closing, and a leaked thread is better than a process that never ends.
    /// - Returns: whether the body ended in time
    static func run(_ name: String, deadline: ContinuousClock.Instant, _ body: @escaping @Sendable () -> Void) -> Bool {
        let ended = DispatchSemaphore(value: 0)
        start(name) {
            body()
            ended.signal()
        }
        let remaining = max(0, (deadline - .now).milliseconds)
        return ended.wait(timeout: .now() + .milliseconds(remaining)) == .success
    }
}
