import Testing

@testable import Messaging

@Suite("Lingering events")
struct EventLingerTests {
    private let start = ContinuousClock.now

    @Test("the first event is claimed at once, those within the linger when it ends, and an idle relay waits no longer than that")
    func linger() {
        var linger = EventLinger(.milliseconds(50), now: start)
        let claims1 = linger.claimsEvents(now: start)
        #expect(claims1)
        linger.begin(now: start)
        let claims2 = linger.claimsEvents(now: start + .milliseconds(49))
        #expect(!claims2)
        #expect(linger.wait(atMost: .milliseconds(250), now: start + .milliseconds(20)) == .milliseconds(30))
        #expect(linger.wait(atMost: .milliseconds(10), now: start + .milliseconds(20)) == .milliseconds(10))
        let claims3 = linger.claimsEvents(now: start + .milliseconds(50))
        #expect(claims3)
        #expect(linger.wait(atMost: .milliseconds(250), now: start + .milliseconds(50)) == .milliseconds(250))
    }

    @Test("a claim that finds no events starts no linger")
    func pause() {
        var linger = EventLinger(.milliseconds(50), now: start)
        let claims4 = linger.claimsEvents(now: start)
        #expect(claims4)
        let claims5 = linger.claimsEvents(now: start + .milliseconds(1))
        #expect(claims5)
    }

    @Test("without a linger events are always claimed")
    func none() {
        var linger = EventLinger(.zero, now: start)
        linger.begin(now: start)
        let claims6 = linger.claimsEvents(now: start)
        #expect(claims6)
    }
}
