import Testing

@testable import Access

@Suite("Waiting for unknown keys")
struct UnknownKeyWaitTests {
    private let start = ContinuousClock.now

    @Test("all unknown keys share one wait, which ends after the timeout")
    func timeout() {
        var waits = UnknownKeyWait()
        let first = waits.mayWait(at: start)
        let last = waits.mayWait(at: start + .seconds(59))
        let after = waits.mayWait(at: start + .seconds(60))
        #expect(first && last && !after)
    }

    @Test("after a timeout no wait starts during the backoff: a stream of forged key ids costs a bounded share of the time")
    func backoff() {
        var waits = UnknownKeyWait()
        var waited: [Int] = []
        for second in 0..<6600 where waits.mayWait(at: start + .seconds(second)) { waited.append(second) }
        #expect(waited.count <= 6600 * 60 / 660 && waited.count >= 60)
    }

    @Test("an arriving key ends the backoff: the next unknown key may be waited for")
    func arrival() {
        var waits = UnknownKeyWait()
        _ = waits.mayWait(at: start)
        let inVain = waits.mayWait(at: start + .seconds(61))
        waits.keyArrived()
        let again = waits.mayWait(at: start + .seconds(62))
        #expect(!inVain && again)
    }

    @Test("an old wait without later requests causes no backoff")
    func longPast() {
        var waits = UnknownKeyWait()
        _ = waits.mayWait(at: start)
        let later = waits.mayWait(at: start + .seconds(3600))
        #expect(later)
    }

    @Test("each database has its own wait, and a newly arrived key resets it")
    func databases() {
        let waits = UnknownKeyWaits()
        let first = waits.mayWait(database: "a", keysKnown: 0, at: start)
        let inVain = waits.mayWait(database: "a", keysKnown: 0, at: start + .seconds(60))
        let other = waits.mayWait(database: "b", keysKnown: 0, at: start + .seconds(60))
        let learnt = waits.mayWait(database: "a", keysKnown: 1, at: start + .seconds(61))
        #expect(first && !inVain && other && learnt)
    }
}
