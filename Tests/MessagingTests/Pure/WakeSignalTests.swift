import Synchronization
import Testing

@testable import Messaging

/// A counter of outstanding work.
private final class Work: Sendable {
    let left = Mutex(0)
}

@Suite("Wake signal")
struct WakeSignalTests {
    @Test("a signal before the wait is not lost, and ends one wait")
    func signalBeforeWait() async {
        let signal = WakeSignal()
        signal.signal()
        signal.signal()
        let began = ContinuousClock.now
        await signal.wait(atMost: .seconds(60))
        #expect(ContinuousClock.now - began < .seconds(30))
        await signal.wait(atMost: .milliseconds(20))
        #expect(ContinuousClock.now - began >= .milliseconds(20))
    }

    @Test("no signal is lost: work added before a signal is always seen after it")
    func noLostSignal() async {
        let signal = WakeSignal()
        let work = Work()
        let rounds = 3000
        let began = ContinuousClock.now
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
                    // One lost signal would cost a minute.
                    if done < rounds { await signal.wait(atMost: .seconds(60)) }
                }
            }
        }
        #expect(ContinuousClock.now - began < .seconds(50))
    }

    @Test("a wait ends by itself")
    func bounded() async {
        let signal = WakeSignal()
        let began = ContinuousClock.now
        for _ in 0..<5 { await signal.wait(atMost: .milliseconds(5)) }
        #expect(ContinuousClock.now - began >= .milliseconds(25))
    }

    @Test("a cancelled wait ends at once, before or while it waits, and the next one works")
    func cancelled() async {
        let signal = WakeSignal()
        let began = ContinuousClock.now
        for _ in 0..<200 {
            let waiting = Task { await signal.wait(atMost: .seconds(60)) }
            if Bool.random() { await Task.yield() }
            waiting.cancel()
            await waiting.value
        }
        let next = Task { await signal.wait(atMost: .seconds(60)) }
        signal.signal()
        await next.value
        #expect(ContinuousClock.now - began < .seconds(50))
    }
}
