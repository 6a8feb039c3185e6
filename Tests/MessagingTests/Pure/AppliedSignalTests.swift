import Testing

@testable import Messaging

@Suite("The signal of applied events")
struct AppliedSignalTests {
    @Test("a wait ends at its timeout, also when the timeout fires before the reader is suspended")
    func timeout() async {
        let signal = AppliedSignal()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<500 { group.addTask { await signal.wait(after: 0, atMost: .zero) } }
        }
        #expect(signal.generation == 0)
    }

    @Test("a signal resumes all waiting readers, and one that came before the wait is not missed")
    func signalled() async {
        let signal = AppliedSignal()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { await signal.wait(after: 0, atMost: .seconds(600)) } }
            signal.signal()
        }
        #expect(signal.generation == 1)
        await signal.wait(after: 0, atMost: .seconds(600))
    }

    @Test("a cancelled reader is resumed")
    func cancelled() async {
        let signal = AppliedSignal()
        let waiting = Task { await signal.wait(after: 0, atMost: .seconds(600)) }
        waiting.cancel()
        await waiting.value
    }
}
