import Foundation
import Kernel
import Messages
import Testing

@testable import Recovery

@Suite("Watermark")
struct WatermarkTests {
    private func report(first: Int64, last: Int64) -> SequenceReport { SequenceReport(topic: "t", shard: 0, first: first, last: last) }

    @Test("a watermark without missing numbers has no gap; with a missing number it has one until it is filled")
    func hole() {
        var mark = Watermark()
        for number in 1...3 { mark.record(Int64(number)) }
        #expect(!mark.hasGap)
        mark.record(5)
        #expect(mark.hasGap)
        mark.record(4)
        #expect(!mark.hasGap && mark.received.contiguous == 5)
    }

    @Test("after a lost offset there is a gap until the producer has reported its last number and that is reached")
    func lost() {
        let request = UUID()
        var mark = Watermark(received: SequenceSet(contiguous: 10), target: Watermark.unknown, requestID: request)
        #expect(mark.hasGap)
        mark.record(11)
        #expect(mark.hasGap, "one record more does not tell that it was the last")
        mark.apply(report(first: 1, last: 13), answering: request)
        #expect(mark.hasGap && mark.requestID == nil, "the report has arrived, the missing records have not")
        mark.record(12)
        mark.record(13)
        #expect(!mark.hasGap && mark.target == nil)
    }

    @Test("after a lost offset without missing records the report closes the gap")
    func nothingMissed() {
        let request = UUID()
        var mark = Watermark(received: SequenceSet(contiguous: 10), target: Watermark.unknown, requestID: request)
        mark.apply(report(first: 1, last: 10), answering: request)
        #expect(!mark.hasGap && mark.requestID == nil && mark.target == nil)
    }

    @Test("only the answer to the outstanding request counts; older answers may be read again from the log")
    func stale() {
        let request = UUID()
        let asked = Watermark(received: SequenceSet(contiguous: 10), target: Watermark.unknown, requestID: request)
        var mark = asked
        mark.apply(report(first: 1, last: 10), answering: UUID())
        mark.apply(report(first: 1, last: 10), answering: nil)
        #expect(mark == asked)
        var unasked = Watermark(received: SequenceSet(contiguous: 10))
        unasked.apply(report(first: 100, last: 200), answering: nil)
        unasked.apply(report(first: 100, last: 200), answering: request)
        #expect(unasked == Watermark(received: SequenceSet(contiguous: 10)))
    }

    @Test("numbers that the producer no longer has are skipped, and the reader continues after them")
    func skipped() {
        let request = UUID()
        var mark = Watermark(received: SequenceSet(contiguous: 3, flattened: [20, 22]), target: Watermark.unknown, requestID: request)
        mark.apply(report(first: 20, last: 22), answering: request)
        #expect(!mark.hasGap && mark.received.contiguous == 22 && mark.skippedUpTo == 19)
    }

    @Test("the report of a producer without messages closes the gap")
    func silentProducer() {
        let request = UUID()
        var mark = Watermark(target: Watermark.unknown, requestID: request)
        mark.apply(report(first: 1, last: 0), answering: request)
        #expect(!mark.hasGap && mark.received.contiguous == 0 && mark.skippedUpTo == 0)
    }

    @Test("after any history there is a gap exactly while a number up to the last known one is missing")
    func model() {
        for seed in 0..<UInt64(300) {
            var random = SplitMix64(seed: seed)
            var mark = Watermark()
            var (taken, known): (Set<Int64>, Int64?) = ([], nil)
            var request: UUID?
            for _ in 0..<60 {
                switch Int.random(in: 0..<10, using: &random) {
                case 0:
                    request = UUID()
                    mark = Watermark(received: mark.received, target: Watermark.unknown, requestID: request)
                    known = Watermark.unknown
                case 1:
                    let last = Int64.random(in: 0...40, using: &random)
                    mark.apply(report(first: 1, last: last), answering: random.below(10) < 7 ? request : UUID())
                    if mark.requestID == nil, request != nil {
                        known = last
                        request = nil
                    }
                default:
                    let number = Int64.random(in: 1...40, using: &random)
                    mark.record(number)
                    taken.insert(number)
                }
                let upTo = known == Watermark.unknown ? nil : max(known ?? 0, taken.max() ?? 0)
                let hasGap = upTo.map { $0 > 0 && !(1...$0).allSatisfy { taken.contains($0) } } ?? true
                // A target that was reached once is not set again.
                if !hasGap { known = nil }
                #expect(mark.hasGap == hasGap, "seed \(seed)")
                if !mark.hasGap { request = nil }
            }
        }
    }
}
