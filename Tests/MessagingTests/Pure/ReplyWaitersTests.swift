import Foundation
import Kernel
import Messages
import Testing

@testable import Messaging

@Suite("Reply waiters")
struct ReplyWaitersTests {
    private static func outcome(_ id: UUID, _ result: String = "1") -> Reply {
        .decided(Outcome(commandID: id, commandType: "counter.add-amount.v1", result: result))
    }

    @Test("an answer that arrives between registration and wait is not missed")
    func early() async {
        let (waiters, id) = (ReplyWaiters(), UUID())
        let registration = waiters.register(for: id)
        waiters.wake(Self.outcome(id))
        #expect(await waiters.wait(id, registration, atMost: .seconds(60)) == Self.outcome(id))
        #expect(waiters.isEmpty)
    }

    @Test("a note that a command is parked resumes the waiting request, and never replaces an answer")
    func parkedNote() async {
        let (waiters, id) = (ReplyWaiters(), UUID())
        let note = Reply.parked(
            CommandSetAside(
                commandID: id, commandType: "counter.add-amount.v1", problem: PlatformRule.earlierMessageSetAside.refusal()))
        let (first, second) = (waiters.register(for: id), waiters.register(for: id))
        waiters.wake(note)
        #expect(await waiters.wait(id, first, atMost: .seconds(60)) == note)
        waiters.wake(Self.outcome(id))
        waiters.wake(note)
        #expect(await waiters.wait(id, second, atMost: .seconds(60)) == Self.outcome(id))
        #expect(waiters.isEmpty)
    }

    @Test(
        "all requests that wait for an answer are resumed, others are not, whatever the order of waiting and resuming",
        .timeLimit(.minutes(5)))
    func many() async {
        let waiters = ReplyWaiters()
        let (asked, other) = (UUID(), UUID())
        let otherRegistration = waiters.register(for: other)
        await withTaskGroup(of: Reply?.self) { group in
            for _ in 0..<200 {
                let registration = waiters.register(for: asked)
                group.addTask { await waiters.wait(asked, registration, atMost: .seconds(3600)) }
            }
            waiters.wake(Self.outcome(asked))
            for await woken in group { #expect(woken == Self.outcome(asked)) }
        }
        #expect(await waiters.wait(other, otherRegistration, atMost: .zero) == nil)
        #expect(waiters.isEmpty)
    }

    @Test("a wait without an answer ends at its limit and removes its registration")
    func bounded() async {
        let (waiters, id) = (ReplyWaiters(), UUID())
        #expect(await waiters.wait(id, waiters.register(for: id), atMost: .milliseconds(10)) == nil)
        #expect(await waiters.wait(id, waiters.register(for: id), atMost: .seconds(-5)) == nil)
        waiters.wake(Self.outcome(id))
        #expect(waiters.isEmpty)
    }

    @Test("a wait that is cancelled, before or while it waits, ends at once and removes its registration", .timeLimit(.minutes(5)))
    func cancelled() async {
        let waiters = ReplyWaiters()
        for _ in 0..<200 {
            let id = UUID()
            let registration = waiters.register(for: id)
            let waiting = Task { await waiters.wait(id, registration, atMost: .seconds(3600)) }
            if Bool.random() { await Task.yield() }
            waiting.cancel()
            #expect(await waiting.value == nil)
        }
        #expect(waiters.isEmpty)
    }

    @Test("leaving removes the registration")
    func leave() {
        let (waiters, id) = (ReplyWaiters(), UUID())
        let (first, second) = (waiters.register(for: id), waiters.register(for: id))
        waiters.leave(id, first)
        #expect(!waiters.isEmpty)
        waiters.leave(id, second)
        #expect(waiters.isEmpty)
    }
}
