import Testing

@testable import Messaging

@Suite("The signal of applied events")
struct AppliedSignalTests {
    @Test("a wait ends at its limit and not earlier, also when the limit is over before the reader is suspended")
    func limit() async {
        let signal = AppliedSignal()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<500 { group.addTask { await signal.wait(after: 0, atMost: .zero) } }
        }
        let began = ContinuousClock.now
        await signal.wait(after: 0, atMost: .milliseconds(20))
        #expect(ContinuousClock.now - began >= .milliseconds(20))
        #expect(signal.generation == 0 && signal.isEmpty)
    }

    @Test("a signal resumes all waiting readers, and one that came before the wait is not missed", .timeLimit(.minutes(5)))
    func signalled() async {
        let signal = AppliedSignal()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { await signal.wait(after: 0, atMost: .seconds(3600)) } }
            signal.signal()
        }
        #expect(signal.generation == 1)
        await signal.wait(after: 0, atMost: .seconds(3600))
        #expect(signal.isEmpty)
    }

    @Test("a cancelled reader is resumed at once and no longer waits", .timeLimit(.minutes(5)))
    func cancelled() async {
        let signal = AppliedSignal()
        for _ in 0..<200 {
            let waiting = Task { await signal.wait(after: 0, atMost: .seconds(3600)) }
            if Bool.random() { await Task.yield() }
            waiting.cancel()
            await waiting.value
        }
        #expect(signal.isEmpty)
    }
}
