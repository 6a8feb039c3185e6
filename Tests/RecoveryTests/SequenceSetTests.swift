import Kernel
import Testing

@testable import Recovery

@Suite("Sequence set")
struct SequenceSetTests {
    /// A simple model of a sequence set.
    private struct Model {
        var taken: Set<Int64> = []

        var contiguous: Int64 {
            var last: Int64 = 0
            while taken.contains(last + 1) { last += 1 }
            return last
        }

        var hasGap: Bool { (taken.max() ?? 0) > contiguous }
    }

    @Test("after any history it contains exactly the inserted numbers")
    func model() {
        for seed in 0..<UInt64(300) {
            var random = SplitMix64(seed: seed)
            var (set, model) = (SequenceSet(), Model())
            let span = Int64.random(in: 5...200, using: &random)
            for _ in 0..<Int.random(in: 1...150, using: &random) {
                if random.oneIn(20) {
                    let first = Int64.random(in: -3...span, using: &random)
                    set.skip(before: first)
                    if first > 1 { model.taken.formUnion(1..<first) }
                } else if random.below(5) < 2 {
                    set.insert(model.contiguous + 1)
                    model.taken.insert(model.contiguous + 1)
                } else {
                    let number = Int64.random(in: 1...span, using: &random)
                    set.insert(number)
                    model.taken.insert(number)
                }
                if random.oneIn(10) { set = SequenceSet(contiguous: set.contiguous, flattened: set.flattened) }
                #expect(set.contiguous == model.contiguous, "seed \(seed)")
                #expect(set.hasGap == model.hasGap, "seed \(seed)")
            }
            #expect((1...(span + 2)).allSatisfy { set.contains($0) == model.taken.contains($0) }, "seed \(seed)")
            Self.expectTidy(set, seed)
        }
    }

    @Test("ranges beyond the gap are bounded; the lowest are kept, and they are correct")
    func bound() {
        var random = SplitMix64(seed: 1)
        var (set, model) = (SequenceSet(), Model())
        var numbers = (1...2000).map { Int64($0 * 2) }
        numbers.shuffle(using: &random)
        for number in numbers {
            set.insert(number)
            model.taken.insert(number)
            #expect(set.beyond.count <= SequenceSet.rangesAtMost)
            #expect(set.contiguous == 0)
        }
        #expect(set.beyond.allSatisfy { $0.allSatisfy { model.taken.contains($0) } })
        // Filling the gap from below restores the dropped ranges.
        for number in 1...Int64(4000) {
            set.insert(number)
            #expect(set.contiguous >= number)
        }
        #expect(!set.hasGap)
    }

    @Test("the stored form survives a round trip, and invalid stored values do no harm")
    func flattened() {
        let set = SequenceSet(contiguous: 5, flattened: [7, 8, 10, 10])
        #expect(set.flattened == [7, 8, 10, 10])
        #expect(SequenceSet(contiguous: 5, flattened: [6, 7]).contiguous == 7)
        #expect(SequenceSet(contiguous: 5, flattened: [9, 7, 12]).flattened.isEmpty)
        #expect(SequenceSet(contiguous: 5, flattened: [12]).flattened.isEmpty)
    }

    @Test("extreme numbers do not overflow")
    func greatest() {
        var set = SequenceSet()
        set.insert(Int64.max)
        set.insert(Int64.max - 1)
        set.insert(3)
        set.skip(before: Int64.min)
        #expect(set.contiguous == 0 && set.contains(Int64.max) && set.contains(3) && !set.contains(4))
        set.skip(before: Int64.max)
        #expect(set.contiguous == Int64.max)
        set.insert(Int64.max)
        #expect(!set.hasGap)
    }

    private static func expectTidy(_ set: SequenceSet, _ seed: UInt64) {
        var last = set.contiguous
        for range in set.beyond {
            #expect(range.lowerBound > last + 1, "ranges touch, seed \(seed)")
            last = range.upperBound
        }
    }
}
