import Messages
import Postgres
import Recovery

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
    init<Rows: UnitOfWork>(_ plan: InboxPlan<Rows>, _ watermarks: Watermarks) {
        for (key, count) in plan.refusedAtBound { tallies[key, default: (0, 0)].refused += Int64(count) }
        for incoming in plan.dropped {
            let key = RawKey(incoming.record)
            guard let mark = incoming.watermarkKey, let sequence = incoming.origin?.place?.sequence else {
                tallies[key, default: (0, 0)].dropped += 1
                continue
            }
            if !watermarks.contains(sequence, in: mark) { tallies[key, default: (0, 0)].dropped += 1 }
            let place = Missing(key: key, source: mark.source, shard: mark.shard)
            lowest[place] = min(lowest[place, default: sequence], sequence)
        }
    }

    /// The steps that save it.
    var steps: [PostgresStep] {
        var steps: [PostgresStep] = []
        if !tallies.isEmpty {
            let (keys, values) = (tallies.map(\.key), tallies.map(\.value))
            steps.append(
                PostgresStep(
                    ParkingStatements.tally, [keys.map(\.topic), keys.map(\.bytes), values.map(\.refused), values.map(\.dropped)]))
        }
        if !lowest.isEmpty {
            let (places, numbers) = (lowest.map(\.key), lowest.map(\.value))
            steps.append(
                PostgresStep(
                    ParkingStatements.miss,
                    [places.map(\.key.topic), places.map(\.key.bytes), places.map(\.source), places.map(\.shard), numbers]))
        }
        return steps
    }
}
