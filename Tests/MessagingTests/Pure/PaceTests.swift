import Testing

@testable import Messaging

@Suite("Pace")
struct PaceTests {
    private let start = ContinuousClock.now

    @Test("the first batch begins at once")
    func first() { #expect(Pace(.milliseconds(8)).rest(now: start) == .zero) }

    @Test("after a short batch a lane rests for what is left of the pace")
    func short() {
        var pace = Pace(.milliseconds(8))
        pace.begin(now: start)
        #expect(pace.rest(now: start + .milliseconds(3)) == .milliseconds(5))
    }

    @Test("after a batch that took as long as the pace, or longer, the next begins at once", arguments: [8, 9, 500])
    func long(milliseconds: Int) {
        var pace = Pace(.milliseconds(8))
        pace.begin(now: start)
        #expect(pace.rest(now: start + .milliseconds(milliseconds)) == .zero)
    }

    @Test("each batch counts from its own beginning")
    func each() {
        var pace = Pace(.milliseconds(8))
        pace.begin(now: start)
        pace.begin(now: start + .milliseconds(20))
        #expect(pace.rest(now: start + .milliseconds(21)) == .milliseconds(7))
    }

    @Test("where no pace is set nothing rests")
    func none() {
        var pace = Pace(.zero)
        pace.begin(now: start)
        #expect(pace.rest(now: start) == .zero)
    }
}
