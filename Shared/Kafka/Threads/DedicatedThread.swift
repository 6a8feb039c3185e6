import Foundation

/// Threads of our own: librdkafka's calls may block, and Swift's cooperative pool has only as many threads as cores.
enum DedicatedThread {
    static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.name = name
        thread.start()
    }

    /// Runs the body on a thread of its own and waits for it, from another thread of our own. A body that does not end by the
    /// deadline is left behind: librdkafka 2.0.2 can hang in closing, and a lost thread is better than a process that never ends.
    /// - Returns: whether it ended in time
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
