import Foundation
import Testing

@testable import Messaging

@Suite("Commands that overtake an event")
struct OvertakenCommandsTests {
    @Test("a command waits for the event that its sender names until the bound, and not for ever; another command's wait is its own")
    func bound() {
        let overtaken = OvertakenCommands()
        let (id, other, begin) = (UUID(), UUID(), ContinuousClock.now)
        #expect(overtaken.mayWait(id, now: begin))
        #expect(overtaken.mayWait(id, now: begin + OvertakenCommands.limit - .milliseconds(1)))
        #expect(overtaken.mayWait(other, now: begin + OvertakenCommands.limit))
        #expect(!overtaken.mayWait(id, now: begin + OvertakenCommands.limit))
        #expect(overtaken.mayWait(other, now: begin + OvertakenCommands.limit * 1.5))
    }

    @Test("what is remembered of waits has a bound")
    func memory() {
        let overtaken = OvertakenCommands()
        let begin = ContinuousClock.now
        for _ in 0..<5000 { #expect(overtaken.mayWait(UUID(), now: begin)) }
    }
}
