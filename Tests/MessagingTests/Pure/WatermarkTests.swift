import Foundation
import Messages
import Testing

@testable import Messaging

@Suite("Watermarks")
struct WatermarkTests {
    private func report(first: Int64, last: Int64) -> SequenceReport { SequenceReport(topic: "t", shard: 0, first: first, last: last) }

    @Test("a reader that has all it saw is not behind; one with a hole is, until the hole is filled")
    func hole() {
        var mark = Watermark()
        for number in 1...3 { mark.take(Int64(number)) }
        #expect(!mark.isBehind)
        mark.take(5)
        #expect(mark.isBehind)
        mark.take(4)
        #expect(!mark.isBehind && mark.taken.contiguous == 5)
    }

    @Test("a reader whose place in the log is lost is behind until the producer has told how far it came, and that is reached")
    func lost() {
        let request = UUID()
        var mark = Watermark(taken: SequenceSet(contiguous: 10), wanted: Watermark.unknown, askedBy: request)
        #expect(mark.isBehind)
        mark.take(11)
        #expect(mark.isBehind, "one record more does not tell that it was the last")
        mark.hear(report(first: 1, last: 13), answering: request)
        #expect(mark.isBehind && mark.askedBy == nil, "the answer is there, what it speaks of is not")
        mark.take(12)
        mark.take(13)
        #expect(!mark.isBehind && mark.wanted == nil)
    }

    @Test("a reader that lost its place and missed nothing is told so by the answer")
    func nothingMissed() {
        let request = UUID()
        var mark = Watermark(taken: SequenceSet(contiguous: 10), wanted: Watermark.unknown, askedBy: request)
        mark.hear(report(first: 1, last: 10), answering: request)
        #expect(!mark.isBehind && mark.askedBy == nil && mark.wanted == nil)
    }

    @Test("only the answer to the request that is outstanding counts: older ones come again from the log")
    func stale() {
        let request = UUID()
        let asked = Watermark(taken: SequenceSet(contiguous: 10), wanted: Watermark.unknown, askedBy: request)
        var mark = asked
        mark.hear(report(first: 1, last: 10), answering: UUID())
        mark.hear(report(first: 1, last: 10), answering: nil)
        #expect(mark == asked)
        var unasked = Watermark(taken: SequenceSet(contiguous: 10))
        unasked.hear(report(first: 100, last: 200), answering: nil)
        unasked.hear(report(first: 100, last: 200), answering: request)
        #expect(unasked == Watermark(taken: SequenceSet(contiguous: 10)))
    }

    @Test("what the producer keeps no more is given up, and the reader goes on behind it")
    func givenUp() {
        let request = UUID()
        var mark = Watermark(taken: SequenceSet(contiguous: 3, beyond: [20...22]), wanted: Watermark.unknown, askedBy: request)
        mark.hear(report(first: 20, last: 22), answering: request)
        #expect(!mark.isBehind && mark.taken.contiguous == 22 && mark.givenUp == 19)
    }

    @Test("a producer that never said anything settles its readers")
    func silentProducer() {
        let request = UUID()
        var mark = Watermark(wanted: Watermark.unknown, askedBy: request)
        mark.hear(report(first: 1, last: 0), answering: request)
        #expect(!mark.isBehind && mark.taken.contiguous == 0 && mark.givenUp == 0)
    }

    @Test("over any history: behind exactly while something below the last number known of is missing")
    func model() {
        var random = Seeded()
        for _ in 0..<300 {
            var mark = Watermark()
            var (taken, known): (Set<Int64>, Int64?) = ([], nil)
            var request: UUID?
            for _ in 0..<60 {
                switch Int.random(in: 0..<10, using: &random) {
                case 0:
                    request = UUID()
                    mark = Watermark(taken: mark.taken, wanted: Watermark.unknown, askedBy: request)
                    known = Watermark.unknown
                case 1:
                    let last = Int64.random(in: 0...40, using: &random)
                    mark.hear(report(first: 1, last: last), answering: random.chance(70) ? request : UUID())
                    if mark.askedBy == nil, request != nil {
                        known = last
                        request = nil
                    }
                default:
                    let number = Int64.random(in: 1...40, using: &random)
                    mark.take(number)
                    taken.insert(number)
                }
                let upTo = known == Watermark.unknown ? nil : max(known ?? 0, taken.max() ?? 0)
                let isBehind = upTo.map { $0 > 0 && !(1...$0).allSatisfy { taken.contains($0) } } ?? true
                // Reached once is reached for good: a number reported and taken is not wanted again.
                if !isBehind { known = nil }
                #expect(mark.isBehind == isBehind, "seed \(random.seed)")
                if !mark.isBehind { request = nil }
            }
        }
    }
}
