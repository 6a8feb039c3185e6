import Testing

@testable import Messaging

@Suite("Batch interval")
struct BatchIntervalTests {
    private let start = ContinuousClock.now

    @Test("the first batch starts at once")
    func first() { #expect(BatchInterval(.milliseconds(8)).remaining(now: start) == .zero) }

    @Test("after a short batch a worker waits for the rest of the interval")
    func short() {
        var interval = BatchInterval(.milliseconds(8))
        interval.begin(now: start)
        #expect(interval.remaining(now: start + .milliseconds(3)) == .milliseconds(5))
    }

    @Test("after a batch at least as long as the interval the next starts at once", arguments: [8, 9, 500])
    func long(milliseconds: Int) {
        var interval = BatchInterval(.milliseconds(8))
        interval.begin(now: start)
        #expect(interval.remaining(now: start + .milliseconds(milliseconds)) == .zero)
    }

    @Test("the interval counts from the last batch's start")
    func each() {
        var interval = BatchInterval(.milliseconds(8))
        interval.begin(now: start)
        interval.begin(now: start + .milliseconds(20))
        #expect(interval.remaining(now: start + .milliseconds(21)) == .milliseconds(7))
    }

    @Test("without an interval there is no wait")
    func none() {
        var interval = BatchInterval(.zero)
        interval.begin(now: start)
        #expect(interval.remaining(now: start) == .zero)
    }
}
