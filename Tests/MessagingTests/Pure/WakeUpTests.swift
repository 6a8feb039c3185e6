import Synchronization
import Testing

@testable import Messaging

/// What is left to do.
private final class Work: Sendable {
    let left = Mutex(0)
}

@Suite("The bell")
struct WakeUpTests {
    @Test("a ring before the wait is not lost, and wakes once")
    func rungBefore() async {
        let bell = WakeUp()
        bell.ring()
        bell.ring()
        let began = ContinuousClock.now
        await bell.wait(atMost: .seconds(60))
        #expect(ContinuousClock.now - began < .seconds(30))
        await bell.wait(atMost: .milliseconds(20))
        #expect(ContinuousClock.now - began >= .milliseconds(20))
    }

    @Test("no ring is lost: what was left to do before a ring is always seen after it")
    func noLostRing() async {
        let bell = WakeUp()
        let work = Work()
        let rounds = 3000
        let began = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<rounds {
                    work.left.withLock { $0 += 1 }
                    bell.ring()
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
                    // One lost ring would cost a minute.
                    if done < rounds { await bell.wait(atMost: .seconds(60)) }
                }
            }
        }
        #expect(ContinuousClock.now - began < .seconds(50))
    }

    @Test("a wait ends by itself")
    func bounded() async {
        let bell = WakeUp()
        let began = ContinuousClock.now
        for _ in 0..<5 { await bell.wait(atMost: .milliseconds(5)) }
        #expect(ContinuousClock.now - began >= .milliseconds(25))
    }

    @Test("a cancelled wait ends at once, before or while it waits, and the next one works")
    func cancelled() async {
        let bell = WakeUp()
        let began = ContinuousClock.now
        for _ in 0..<200 {
            let waiting = Task { await bell.wait(atMost: .seconds(60)) }
            if Bool.random() { await Task.yield() }
            waiting.cancel()
            await waiting.value
        }
        let next = Task { await bell.wait(atMost: .seconds(60)) }
        bell.ring()
        await next.value
        #expect(ContinuousClock.now - began < .seconds(50))
    }
}
