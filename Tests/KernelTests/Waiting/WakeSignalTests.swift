import Kernel
import Synchronization
import Testing

/// A counter of outstanding work.
private final class Work: Sendable {
    let left = Mutex(0)
}

@Suite("Wake signal")
struct WakeSignalTests {
    @Test("a signal before the wait is not lost, and ends one wait", .timeLimit(.minutes(1)))
    func signalBeforeWait() async {
        let signal = WakeSignal()
        signal.signal()
        signal.signal()
        await signal.wait(atMost: .seconds(600))
        let began = ContinuousClock.now
        await signal.wait(atMost: .milliseconds(20))
        #expect(ContinuousClock.now - began >= .milliseconds(20))
    }

    @Test("no signal is lost: work added before a signal is always seen after it", .timeLimit(.minutes(1)))
    func noLostSignal() async {
        let signal = WakeSignal()
        let work = Work()
        let rounds = 3000
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<rounds {
                    work.left.withLock { $0 += 1 }
                    signal.signal()
                    await Task.yield()
                }
            }
            group.addTask {
                var done = 0
                while done < rounds {
                    done += work.left.withLock { left in
                        defer { left = 0 }
                        return left
                    }
                    // One lost signal would exceed the time limit.
                    if done < rounds { await signal.wait(atMost: .seconds(600)) }
                }
            }
        }
    }

    @Test("a signal that comes while a wait ends at its limit is kept for the next one", .timeLimit(.minutes(1)))
    func signalAtLimit() async {
        let signal = WakeSignal()
        for round in 0..<1000 {
            let work = Work()
            let signalling = Task {
                work.left.withLock { $0 = 1 }
                signal.signal()
            }
            await signal.wait(atMost: .microseconds(round % 100))
            // One lost signal would exceed the time limit.
            if work.left.withLock({ $0 }) == 0 { await signal.wait(atMost: .seconds(600)) }
            let left = work.left.withLock { $0 }
            #expect(left == 1)
            await signalling.value
        }
    }

    @Test("a wait ends by itself")
    func bounded() async {
        let signal = WakeSignal()
        let began = ContinuousClock.now
        for _ in 0..<5 { await signal.wait(atMost: .milliseconds(5)) }
        #expect(ContinuousClock.now - began >= .milliseconds(25))
    }

    @Test("a cancelled wait ends at once, before or while it waits, and the next one works", .timeLimit(.minutes(1)))
    func cancelled() async {
        let signal = WakeSignal()
        for _ in 0..<200 {
            let waiting = Task { await signal.wait(atMost: .seconds(600)) }
            if Bool.random() { await Task.yield() }
            waiting.cancel()
            await waiting.value
        }
        let next = Task { await signal.wait(atMost: .seconds(600)) }
        signal.signal()
        await next.value
    }
}
