import Messages
import Postgres

/// Messages of keys that are at their bound: how many commands were refused, how many messages were dropped, and from which sequence
/// numbers the dropped ones must be requested again.
///
/// A dropped message counts as received in its shard's sequence until the key is released, so that other keys are not held up.
struct ParkingOverflow: Sendable {
    private var tallies: [RawKey: (refused: Int64, dropped: Int64)] = [:]
    private var lowest: [Missing: Int64] = [:]

    private struct Missing: Hashable, Sendable {
        let key: RawKey
        let source: String
        let shard: Int16
    }

    /// To be created before the plan's messages are recorded in the watermarks: a message already recorded there is a duplicate and is not
    /// counted again.
    init<Rows: UnitOfWork>(_ plan: InboxPlan<Rows>, _ watermarks: [Watermark.Key: Watermark]) {
        for (key, count) in plan.refusedAtBound { tallies[key, default: (0, 0)].refused += Int64(count) }
        for incoming in plan.dropped {
            let key = RawKey(incoming.record)
            guard let mark = incoming.watermarkKey, let sequence = incoming.origin?.place?.sequence else {
                tallies[key, default: (0, 0)].dropped += 1
                continue
            }
            if watermarks[mark]?.received.contains(sequence) != true { tallies[key, default: (0, 0)].dropped += 1 }
            lowest[Missing(key: key, source: mark.source, shard: mark.shard), default: sequence].lower(to: sequence)
        }
    }

    /// The steps that save it.
    var steps: [PostgresStep] {
        var steps: [PostgresStep] = []
        // A record without a key has no row in `parked_key`.
        let counted = tallies.filter { !$0.key.isKeyless }
        if !counted.isEmpty {
            let (keys, values) = (counted.map(\.key), counted.map(\.value))
            steps.append(
                PostgresStep(
                    ParkingStatements.tally, [keys.map(\.topic), keys.map(\.digestInput), values.map(\.refused), values.map(\.dropped)]))
        }
        let missing = lowest.filter { !$0.key.key.isKeyless }
        if !missing.isEmpty {
            let (places, numbers) = (missing.map(\.key), missing.map(\.value))
            steps.append(
                PostgresStep(
                    ParkingStatements.miss,
                    [places.map(\.key.topic), places.map(\.key.digestInput), places.map(\.source), places.map(\.shard), numbers]))
        }
        return steps
    }
}

extension Int64 {
    fileprivate mutating func lower(to other: Int64) { self = Swift.min(self, other) }
}
