/// The sequence numbers of a shard that a reader has received: all up to one number, and some ranges beyond it.
///
/// There are ranges only while numbers are missing. Beyond a bound the highest ranges are dropped; their records are then delivered twice,
/// which is harmless.
package struct SequenceSet: Sendable, Hashable {
    /// All numbers from 1 to this one are in the set.
    package private(set) var contiguous: Int64
    /// The ranges beyond the first gap, ascending, never adjacent to each other or to `contiguous`.
    package private(set) var beyond: [ClosedRange<Int64>] = []

    static let rangesAtMost = 256

    /// All numbers up to one.
    package init(contiguous: Int64 = 0) { self.contiguous = contiguous }

    /// From the stored form: pairs of first and last number.
    package init(contiguous: Int64, flattened: [Int64]) {
        self.contiguous = contiguous
        for index in stride(from: 0, to: flattened.count - 1, by: 2) {
            guard flattened[index] >= 1, flattened[index] <= flattened[index + 1] else { continue }
            insert(flattened[index]...flattened[index + 1])
        }
    }

    /// The stored form.
    package var flattened: [Int64] { beyond.flatMap { [$0.lowerBound, $0.upperBound] } }

    /// Whether a number below the highest one is missing.
    package var hasGap: Bool { !beyond.isEmpty }

    package func contains(_ number: Int64) -> Bool { number <= contiguous || beyond.contains { $0.contains(number) } }

    package mutating func insert(_ number: Int64) { insert(number...number) }

    /// Adds all numbers before `first`, which the producer can no longer supply.
    mutating func skip(before first: Int64) {
        if first > 1, first - 1 > contiguous { insert(1...(first - 1)) }
    }

    private mutating func insert(_ range: ClosedRange<Int64>) {
        if range.upperBound <= contiguous { return }
        // Subtraction, because an addition could overflow.
        if range.lowerBound - 1 <= contiguous {
            contiguous = range.upperBound
        } else {
            merge(range)
        }
        while let first = beyond.first, first.lowerBound - 1 <= contiguous {
            contiguous = max(contiguous, first.upperBound)
            beyond.removeFirst()
        }
        if beyond.count > Self.rangesAtMost { beyond.removeLast(beyond.count - Self.rangesAtMost) }
    }

    /// Inserts a range beyond the first gap and merges it with adjacent ranges. It searches from the end, because records arrive almost in
    /// order.
    private mutating func merge(_ range: ClosedRange<Int64>) {
        var (low, high) = (range.lowerBound, range.upperBound)
        var index = beyond.count
        while index > 0, beyond[index - 1].lowerBound - 1 > high { index -= 1 }
        var first = index
        while first > 0, beyond[first - 1].upperBound >= low - 1 {
            low = min(low, beyond[first - 1].lowerBound)
            high = max(high, beyond[first - 1].upperBound)
            first -= 1
        }
        beyond.replaceSubrange(first..<index, with: [low...high])
    }
}
