import Foundation
import Messages

/// The sequence numbers that a reader has received in a shard of a producer's topic, and its outstanding republish request.
struct Watermark: Sendable, Hashable {
    /// Identifies a watermark.
    struct Key: Sendable, Hashable, Comparable {
        let source: String
        let topic: String
        let shard: Int16

        static func < (a: Key, b: Key) -> Bool { (a.source, a.topic, a.shard) < (b.source, b.topic, b.shard) }
    }

    /// The value of `target` after an offset was lost: only the producer knows how much is missing.
    static let unknown = Int64.max

    private(set) var received: SequenceSet
    /// The number that the reader must reach to have caught up; nil if none was reported.
    private(set) var target: Int64?
    /// The last number that was skipped because the producer no longer has it; 0 if none was.
    private(set) var skippedUpTo: Int64
    /// The outstanding republish request; of repetitions the first.
    private(set) var askedBy: UUID?

    init(received: SequenceSet = SequenceSet(), target: Int64? = nil, askedBy: UUID? = nil, skippedUpTo: Int64 = 0) {
        self.received = received
        self.skippedUpTo = skippedUpTo
        self.target = target
        self.askedBy = askedBy
    }

    /// Whether records are missing, or may be.
    var hasGap: Bool { received.hasGap || (target.map { received.contiguous < $0 } ?? false) }

    /// Records that the record with this number was handled, held, parked or dropped.
    mutating func record(_ sequence: Int64) {
        received.insert(sequence)
        settle()
    }

    /// Applies the producer's answer to the outstanding request. Other answers are outdated and ignored.
    mutating func apply(_ report: SequenceReport, answering request: UUID?) {
        guard let askedBy, request == askedBy else { return }
        if report.first > 1, report.first - 1 > received.contiguous { skippedUpTo = report.first - 1 }
        received.skip(before: report.first)
        target = report.last
        self.askedBy = nil
        settle()
    }

    private mutating func settle() {
        if let target, received.contiguous >= target { self.target = nil }
        if !hasGap { askedBy = nil }
    }
}
