/// Which of a shard's sequence numbers a reader has: all up to one number, and some ranges beyond it.
///
/// The ranges are there only while something is missing. Their number is bounded: beyond the bound the highest ones are
/// forgotten, which costs a second delivery and nothing else.
struct SequenceSet: Sendable, Hashable {
    /// Everything from 1 up to here is there.
    private(set) var contiguous: Int64
    /// What is there beyond the hole, ascending, never touching each other or `contiguous`.
    private(set) var beyond: [ClosedRange<Int64>]

    static let rangesAtMost = 256

    init(contiguous: Int64 = 0, beyond: [ClosedRange<Int64>] = []) {
        self.contiguous = contiguous
        self.beyond = beyond
    }

    /// From the form the table keeps: pairs of first and last.
    init(contiguous: Int64, flattened: [Int64]) {
        self.init(contiguous: contiguous)
        for index in stride(from: 0, to: flattened.count - 1, by: 2) {
            guard flattened[index] >= 1, flattened[index] <= flattened[index + 1] else { continue }
            insert(flattened[index]...flattened[index + 1])
        }
    }

    /// The form the table keeps.
    var flattened: [Int64] { beyond.flatMap { [$0.lowerBound, $0.upperBound] } }

    /// Whether something is missing before the last number seen.
    var hasHole: Bool { !beyond.isEmpty }

    func contains(_ number: Int64) -> Bool { number <= contiguous || beyond.contains { $0.contains(number) } }

    mutating func insert(_ number: Int64) { insert(number...number) }

    /// What comes before `first` can no longer be had: counts it as there.
    mutating func giveUp(before first: Int64) {
        if first > 1, first - 1 > contiguous { insert(1...(first - 1)) }
    }

    private mutating func insert(_ range: ClosedRange<Int64>) {
        if range.upperBound <= contiguous { return }
        // Subtracting, since adding to the greatest number there is would end the process.
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

    /// Puts a range beyond the hole, joined with those it touches. Records come almost in order: look from the end.
    private mutating func merge(_ range: ClosedRange<Int64>) {
        var low = range.lowerBound
        var high = range.upperBound
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
