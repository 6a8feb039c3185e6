package import Foundation
package import Messages

/// The sequence numbers that a reader has received in a shard of a producer's topic, and its outstanding republish request.
package struct Watermark: Sendable, Hashable {
    /// Identifies a watermark.
    package struct Key: Sendable, Hashable, Comparable {
        package let source: String
        package let topic: String
        package let shard: Int16

        package init(source: String, topic: String, shard: Int16) {
            (self.source, self.topic, self.shard) = (source, topic, shard)
        }

        package static func < (a: Key, b: Key) -> Bool { (a.source, a.topic, a.shard) < (b.source, b.topic, b.shard) }
    }

    /// The value of `target` after an offset was lost: only the producer knows how much is missing.
    package static let unknown = Int64.max

    package private(set) var received: SequenceSet
    /// The number that the reader must reach to have caught up; nil if none was reported.
    package private(set) var target: Int64?
    /// The last number that was skipped because the producer no longer has it; 0 if none was.
    package private(set) var skippedUpTo: Int64
    /// The outstanding republish request; of repetitions the first.
    package private(set) var requestID: UUID?

    package init(received: SequenceSet = SequenceSet(), target: Int64? = nil, requestID: UUID? = nil, skippedUpTo: Int64 = 0) {
        (self.received, self.target, self.requestID, self.skippedUpTo) = (received, target, requestID, skippedUpTo)
    }

    /// Whether records are missing, or may be.
    package var hasGap: Bool { received.hasGap || (target.map { received.contiguous < $0 } ?? false) }

    /// Records that the record with this number was handled, held, parked or dropped.
    package mutating func record(_ sequence: Int64) {
        received.insert(sequence)
        settle()
    }

    /// Applies the producer's answer to the outstanding request. Other answers are outdated and ignored.
    package mutating func apply(_ report: SequenceReport, answering request: UUID?) {
        guard let requestID, request == requestID else { return }
        if report.first > 1, report.first - 1 > received.contiguous { skippedUpTo = report.first - 1 }
        received.skip(before: report.first)
        target = report.last
        self.requestID = nil
        settle()
    }

    private mutating func settle() {
        if let target, received.contiguous >= target { self.target = nil }
        if !hasGap { requestID = nil }
    }
}
