import Messages
import Postgres

/// What came under keys that have as many rows as are allowed: how many commands were refused and how many messages dropped, and from
/// where in their producers' sequences the dropped ones are to be asked for again.
///
/// A dropped message counts as taken in its shard's sequence, so that other keys go on, until the key is let go.
struct BoundReached: Sendable {
    private var tallies: [RawKey: (refused: Int64, dropped: Int64)] = [:]
    private var lowest: [Missing: Int64] = [:]

    private struct Missing: Hashable, Sendable {
        let key: RawKey
        let source: String
        let shard: Int16
    }

    /// Of a plan, before its messages are counted as taken: one that was is a repetition, and is not counted once more.
    init<Rows: WorkingRows>(_ plan: InboxPlan<Rows>, _ watermarks: [Watermark.Key: Watermark]) {
        for (key, count) in plan.refusedAtBound { tallies[key, default: (0, 0)].refused += Int64(count) }
        for incoming in plan.dropped {
            let key = RawKey(incoming.record)
            guard let mark = incoming.watermarkKey, let sequence = incoming.standing?.place?.sequence else {
                tallies[key, default: (0, 0)].dropped += 1
                continue
            }
            if watermarks[mark]?.taken.contains(sequence) != true { tallies[key, default: (0, 0)].dropped += 1 }
            lowest[Missing(key: key, source: mark.source, shard: mark.shard), default: sequence].lower(to: sequence)
        }
    }

    /// The statements that remember it.
    var steps: [PostgresStep] {
        var steps: [PostgresStep] = []
        // A record without a key is kept under nothing that could remember it.
        let counted = tallies.filter { !$0.key.isKeyless }
        if !counted.isEmpty {
            let (keys, values) = (counted.map(\.key), counted.map(\.value))
            steps.append(
                PostgresStep(
                    ParkingStatements.tally, [keys.map(\.topic), keys.map(\.named), values.map(\.refused), values.map(\.dropped)]))
        }
        let missing = lowest.filter { !$0.key.key.isKeyless }
        if !missing.isEmpty {
            let (places, numbers) = (missing.map(\.key), missing.map(\.value))
            steps.append(
                PostgresStep(
                    ParkingStatements.miss,
                    [places.map(\.key.topic), places.map(\.key.named), places.map(\.source), places.map(\.shard), numbers]))
        }
        return steps
    }
}

extension Int64 {
    fileprivate mutating func lower(to other: Int64) { self = Swift.min(self, other) }
}
