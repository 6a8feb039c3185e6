/// Watches whether a client of librdkafka gets anywhere, and says when it is to be helped. Pure state, used by the consumer's thread.
///
/// Two things have been seen to stand still while the brokers answered: a member that waits for an assignment, since the answer to its
/// request to join was lost, and a partition that is not asked for any more though its log goes on.
struct ConsumerWatch {
    enum Verdict: Equatable {
        case fine
        /// These partitions are to be assigned anew, where they stand.
        case reposition([TopicPartition], stood: Duration)
        /// Only a new client helps.
        case renew(KafkaConsumerEvent.Standstill)
    }

    /// Where a partition's log begins and ends, as its leader said.
    struct Edges: Equatable {
        /// nil where it was not asked for.
        var begin: Int64?
        var end: Int64
    }

    private struct Mark {
        let position: Int64
        let since: ContinuousClock.Instant
        var isRepositioned = false
    }

    /// How long a client may be without an assignment, and how long a partition may not move.
    private let joinDeadline: Duration
    private let fetchDeadline: Duration
    private var marks: [TopicPartition: Mark] = [:]
    private var waitingSince: ContinuousClock.Instant?
    /// Whether the client has got anywhere: its successor then is as patient as it was.
    private(set) var hasMoved = false

    /// How old an answer of the brokers may be to say that they answer.
    private static let answerAge = Duration.seconds(12)

    /// - Parameter stalls: how many clients in a row have not got anywhere; each doubles the patience, up to 16 times
    init(joinDeadline: Duration, fetchDeadline: Duration, stalls: Int) {
        self.joinDeadline = joinDeadline * (1 << min(stalls, 4))
        self.fetchDeadline = fetchDeadline * (1 << min(stalls, 4))
    }

    /// Waits for an assignment.
    /// - Parameter answeredAt: when the brokers last answered; a cluster that is away is no fault of the client's
    mutating func waits(answeredAt: ContinuousClock.Instant?, now: ContinuousClock.Instant) -> Verdict {
        marks = [:]
        let since = waitingSince ?? now
        waitingSince = since
        guard now - since >= joinDeadline, let answeredAt, answeredAt > since, now - answeredAt <= Self.answerAge else { return .fine }
        return .renew(.unassigned(since: now - since))
    }

    /// Has its partitions.
    mutating func reads() { waitingSince = nil }

    /// - Parameters:
    ///   - positions: the next offset of each partition that is asked for, negative where that is the beginning
    ///   - edges: what the leaders have said now
    mutating func look(_ positions: [RDOffset], _ edges: [TopicPartition: Edges], now: ContinuousClock.Instant) -> Verdict {
        var standing: [TopicPartition: Mark] = [:]
        for place in positions {
            guard let edge = edges[place.id] else { continue }
            guard let next = place.offset >= 0 ? place.offset : edge.begin, next < edge.end else { continue }
            if let mark = marks[place.id], mark.position == place.offset {
                standing[place.id] = mark
            } else {
                if marks[place.id] != nil { hasMoved = true }
                standing[place.id] = Mark(position: place.offset, since: now)
            }
        }
        marks = standing
        if standing.isEmpty, !positions.isEmpty { hasMoved = true }
        let late = marks.filter { now - $0.value.since >= fetchDeadline * ($0.value.isRepositioned ? 2 : 1) }
        guard let longest = late.values.map({ now - $0.since }).max() else { return .fine }
        let ids = late.keys.sorted()
        if late.values.contains(where: \.isRepositioned) { return .renew(.unread(ids, since: longest)) }
        for id in ids { marks[id]?.isRepositioned = true }
        return .reposition(ids, stood: longest)
    }
}
