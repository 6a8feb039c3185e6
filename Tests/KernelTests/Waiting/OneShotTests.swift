import Kernel
import Testing

@Suite("One shot")
struct OneShotTests {
    @Test("a value that comes before the wait ends it at once, and the last one counts")
    func valueBeforeWait() async {
        let shot = OneShot<Int>()
        #expect(shot.resume(1))
        #expect(shot.resume(2))
        #expect(await shot.wait(atMost: .seconds(60)) == 2)
        #expect(!shot.resume(3), "the wait has ended")
    }

    @Test("a value ends the wait of a suspended task", .timeLimit(.minutes(1)))
    func valueWhileWaiting() async throws {
        let shot = OneShot<Int>()
        let waiting = Task { await shot.wait(atMost: .seconds(600)) }
        try await Task.sleep(for: .milliseconds(20))
        #expect(shot.resume(1))
        #expect(await waiting.value == 1)
    }

    @Test("a wait without a value ends at its limit and not earlier", arguments: [Duration.milliseconds(20), .zero, .seconds(-5)])
    func limit(_ limit: Duration) async {
        let shot = OneShot<Int>()
        let began = ContinuousClock.now
        #expect(await shot.wait(atMost: limit) == nil)
        #expect(ContinuousClock.now - began >= limit)
        #expect(!shot.resume(1))
    }

    @Test("a wait that is cancelled, before or while it waits, ends before its limit", .timeLimit(.minutes(1)))
    func cancelled() async {
        for _ in 0..<200 {
            let shot = OneShot<Int>()
            let waiting = Task { await shot.wait(atMost: .seconds(600)) }
            if Bool.random() { await Task.yield() }
            waiting.cancel()
            #expect(await waiting.value == nil)
            #expect(!shot.resume(1))
        }
    }

    @Test("when value, limit and cancellation come together, the wait returns the value exactly if it was accepted")
    func race() async {
        for round in 0..<1000 {
            let shot = OneShot<Int>()
            let waiting = Task { await shot.wait(atMost: .microseconds(round % 200)) }
            let resuming = Task { shot.resume(round) }
            if round.isMultiple(of: 3) { waiting.cancel() }
            let isAccepted = await resuming.value
            #expect(await waiting.value == (isAccepted ? round : nil))
        }
    }
}
