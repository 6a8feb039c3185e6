import Foundation
import Kernel
import Messages
import Testing

@testable import Messaging

@Suite("Those who wait for an answer")
struct ReplyWaitersTests {
    private static func outcome(_ id: UUID, _ result: String = "1") -> Reply {
        .decided(Outcome(commandID: id, commandType: "counter.add-amount.v1", result: result))
    }

    @Test("an answer that comes between listening and waiting is not missed")
    func early() async {
        let (waiters, id) = (ReplyWaiters(), UUID())
        let turn = waiters.turn(for: id)
        waiters.wake(Self.outcome(id))
        #expect(await waiters.wait(id, turn, atMost: .seconds(60)) == Self.outcome(id))
        #expect(waiters.isEmpty)
    }

    @Test("a note that a command is set aside wakes who waits, and never takes the place of an answer")
    func setAside() async {
        let (waiters, id) = (ReplyWaiters(), UUID())
        let note = Reply.setAside(
            CommandSetAside(
                commandID: id, commandType: "counter.add-amount.v1", problem: PlatformRule.earlierMessageSetAside.refusal()))
        let (first, second) = (waiters.turn(for: id), waiters.turn(for: id))
        waiters.wake(note)
        #expect(await waiters.wait(id, first, atMost: .seconds(60)) == note)
        waiters.wake(Self.outcome(id))
        waiters.wake(note)
        #expect(await waiters.wait(id, second, atMost: .seconds(60)) == Self.outcome(id))
        #expect(waiters.isEmpty)
    }

    @Test("all who wait for one answer are woken, others are not, whatever the order of waiting and waking")
    func many() async {
        let waiters = ReplyWaiters()
        let (asked, other) = (UUID(), UUID())
        let began = ContinuousClock.now
        let otherTurn = waiters.turn(for: other)
        await withTaskGroup(of: Reply?.self) { group in
            for _ in 0..<200 {
                let turn = waiters.turn(for: asked)
                group.addTask { await waiters.wait(asked, turn, atMost: .seconds(60)) }
            }
            waiters.wake(Self.outcome(asked))
            for await woken in group { #expect(woken == Self.outcome(asked)) }
        }
        #expect(ContinuousClock.now - began < .seconds(50))
        #expect(await waiters.wait(other, otherTurn, atMost: .zero) == nil)
        #expect(waiters.isEmpty)
    }

    @Test("a wait ends by itself, without an answer, and leaves nothing behind")
    func bounded() async {
        let (waiters, id) = (ReplyWaiters(), UUID())
        #expect(await waiters.wait(id, waiters.turn(for: id), atMost: .milliseconds(10)) == nil)
        #expect(await waiters.wait(id, waiters.turn(for: id), atMost: .seconds(-5)) == nil)
        waiters.wake(Self.outcome(id))
        #expect(waiters.isEmpty)
    }

    @Test("a cancelled wait ends at once, before or while it waits, and leaves nothing behind")
    func cancelled() async {
        let waiters = ReplyWaiters()
        let began = ContinuousClock.now
        for _ in 0..<200 {
            let id = UUID()
            let turn = waiters.turn(for: id)
            let waiting = Task { await waiters.wait(id, turn, atMost: .seconds(60)) }
            if Bool.random() { await Task.yield() }
            waiting.cancel()
            #expect(await waiting.value == nil)
        }
        #expect(waiters.isEmpty)
        #expect(ContinuousClock.now - began < .seconds(50))
    }

    @Test("who leaves is forgotten")
    func leave() {
        let (waiters, id) = (ReplyWaiters(), UUID())
        let (first, second) = (waiters.turn(for: id), waiters.turn(for: id))
        waiters.leave(id, first)
        #expect(!waiters.isEmpty)
        waiters.leave(id, second)
        #expect(waiters.isEmpty)
    }
}
