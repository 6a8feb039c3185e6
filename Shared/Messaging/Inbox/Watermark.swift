import Foundation
import Messages

/// How far a reader has come in one shard of one producer's topic, and whether it must ask for what is missing.
struct Watermark: Sendable, Hashable {
    /// Names a watermark.
    struct Key: Sendable, Hashable, Comparable {
        let source: String
        let topic: String
        let shard: Int16

        static func < (a: Key, b: Key) -> Bool { (a.source, a.topic, a.shard) < (b.source, b.topic, b.shard) }
    }

    /// Stands in `wanted` when the place in the log was lost: how much is missing only the producer can tell.
    static let unknown = Int64.max

    private(set) var taken: SequenceSet
    /// The number that must be reached before the reader counts as having caught up; nil when nothing was reported.
    private(set) var wanted: Int64?
    /// What was missing up to here the producer keeps no more, and the reader goes on without it; 0 when nothing ever was.
    private(set) var givenUp: Int64
    /// The request that is being answered.
    private(set) var askedBy: UUID?

    init(taken: SequenceSet = SequenceSet(), wanted: Int64? = nil, askedBy: UUID? = nil, givenUp: Int64 = 0) {
        self.taken = taken
        self.givenUp = givenUp
        self.wanted = wanted
        self.askedBy = askedBy
    }

    /// Whether something is known or feared to be missing.
    var isBehind: Bool { taken.hasHole || (wanted.map { taken.contiguous < $0 } ?? false) }

    /// A record with this number was taken into the database, in whatever way.
    mutating func take(_ sequence: Int64) {
        taken.insert(sequence)
        settle()
    }

    /// The producer's answer to the request that is outstanding. Older answers, which may come again from the log, tell
    /// nothing about now.
    mutating func hear(_ report: SequenceReport, answering request: UUID?) {
        guard let askedBy, request == askedBy else { return }
        if report.first > 1, report.first - 1 > taken.contiguous { givenUp = report.first - 1 }
        taken.giveUp(before: report.first)
        wanted = report.last
        self.askedBy = nil
        settle()
    }

    private mutating func settle() {
        if let wanted, taken.contiguous >= wanted { self.wanted = nil }
        if !isBehind { askedBy = nil }
    }
}
