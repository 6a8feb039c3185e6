import Foundation
import Testing

@testable import Messaging

@Suite("Waits for events")
struct EventWaitsTests {
    @Test("a command waits for an event at most until the limit, and each command has its own wait")
    func bound() {
        let waits = EventWaits()
        let (id, other, begin) = (UUID(), UUID(), ContinuousClock.now)
        #expect(waits.mayWait(id, now: begin))
        #expect(waits.mayWait(id, now: begin + EventWaits.limit - .milliseconds(1)))
        #expect(waits.mayWait(other, now: begin + EventWaits.limit))
        #expect(!waits.mayWait(id, now: begin + EventWaits.limit))
        #expect(waits.mayWait(other, now: begin + EventWaits.limit * 1.5))
    }

    @Test("the number of remembered waits is bounded")
    func memory() {
        let waits = EventWaits()
        let begin = ContinuousClock.now
        for _ in 0..<5000 { #expect(waits.mayWait(UUID(), now: begin)) }
    }
}
