import Testing

@testable import Access

@Suite("Waiting for keys")
struct KeyWaitTests {
    private let start = ContinuousClock.now

    @Test("an unknown key is waited for, together with all others, no longer than the patience")
    func patience() {
        var waits = KeyWaits()
        let first = waits.mayWait(at: start)
        let last = waits.mayWait(at: start + .seconds(59))
        let after = waits.mayWait(at: start + .seconds(60))
        #expect(first && last && !after)
    }

    @Test("after a wait in vain no key is waited for until the distrust is over: a stream of made-up keys costs a bounded share")
    func distrust() {
        var waits = KeyWaits()
        var waited: [Int] = []
        for second in 0..<6600 where waits.mayWait(at: start + .seconds(second)) { waited.append(second) }
        #expect(waited.count <= 6600 * 60 / 660 && waited.count >= 60)
    }

    @Test("a key that arrives ends the distrust: what comes next may be waited for again")
    func arrival() {
        var waits = KeyWaits()
        _ = waits.mayWait(at: start)
        let inVain = waits.mayWait(at: start + .seconds(61))
        waits.keyArrived()
        let again = waits.mayWait(at: start + .seconds(62))
        #expect(!inVain && again)
    }

    @Test("a wait long past, with nobody asking meanwhile, counts against nobody")
    func longPast() {
        var waits = KeyWaits()
        _ = waits.mayWait(at: start)
        let later = waits.mayWait(at: start + .seconds(3600))
        #expect(later)
    }

    @Test("databases wait apart, and one that has learnt a key waits anew")
    func databases() {
        let waits = ProcessKeyWaits()
        let first = waits.mayWait(database: "a", keysKnown: 0, at: start)
        let inVain = waits.mayWait(database: "a", keysKnown: 0, at: start + .seconds(60))
        let other = waits.mayWait(database: "b", keysKnown: 0, at: start + .seconds(60))
        let learnt = waits.mayWait(database: "a", keysKnown: 1, at: start + .seconds(61))
        #expect(first && !inVain && other && learnt)
    }
}
