/// Detects that a librdkafka client makes no progress, and decides on the recovery. Pure state, used by the consumer's thread.
///
/// Two stalls have been observed while the brokers answered: a member without an assignment, because the response to its JoinGroup
/// request was lost, and a partition that is not fetched any more although its log grows.
struct ConsumerStallDetector {
    enum Verdict: Equatable {
        case healthy
        /// Reassign these partitions at their positions.
        case reassign([TopicPartition], for: Duration)
        /// Replace the client.
        case replaceClient(KafkaConsumerEvent.Stall)
    }

    /// The first and the end offset of a partition's log, as reported by its leader.
    struct LogBounds: Equatable {
        /// nil when it was not queried.
        var begin: Int64?
        var end: Int64
    }

    private enum State {
        case unassigned(since: ContinuousClock.Instant)
        /// The partitions with unread records, and since when they are at their positions.
        case assigned([TopicPartition: Position])
    }

    private struct Position {
        let position: Int64
        let since: ContinuousClock.Instant
        var isReassigned = false
    }

    /// How long a client may be without an assignment, and how long a partition may make no progress.
    private let joinDeadline: Duration
    private let fetchDeadline: Duration
    private var state = State.assigned([:])
    /// Whether the client has made progress: the deadlines of the next client are then not lengthened.
    private(set) var hasProgressed = false

    /// The greatest age of a broker response that still proves that the brokers answer.
    private static let answerAge = Duration.seconds(12)

    /// - Parameter stalls: how many clients in a row made no progress; each doubles the deadlines, up to 16 times
    init(joinDeadline: Duration, fetchDeadline: Duration, stalls: Int) {
        self.joinDeadline = joinDeadline * (1 << min(stalls, 4))
        self.fetchDeadline = fetchDeadline * (1 << min(stalls, 4))
    }

    /// Checks a client that has no assignment.
    /// - Parameter answeredAt: when the brokers last answered; while the cluster is unavailable the client is not at fault
    mutating func checkAssignment(answeredAt: ContinuousClock.Instant?, now: ContinuousClock.Instant) -> Verdict {
        let since = if case .unassigned(let start) = state { start } else { now }
        state = .unassigned(since: since)
        guard now - since >= joinDeadline, let answeredAt, answeredAt > since, now - answeredAt <= Self.answerAge else { return .healthy }
        return .replaceClient(.unassigned(for: now - since))
    }

    /// Notes that the client has an assignment.
    mutating func noteAssignment() {
        if case .unassigned = state { state = .assigned([:]) }
    }

    /// - Parameters:
    ///   - positions: the next offset of each fetched partition, negative for the beginning of the log
    ///   - bounds: the current log bounds
    mutating func checkProgress(
        _ positions: [RDOffset], _ bounds: [TopicPartition: LogBounds], now: ContinuousClock.Instant
    ) -> Verdict {
        let earlier = if case .assigned(let positions) = state { positions } else { [TopicPartition: Position]() }
        var unread: [TopicPartition: Position] = [:]
        defer { state = .assigned(unread) }
        for offset in positions {
            guard let bounds = bounds[offset.id] else { continue }
            guard let next = offset.offset >= 0 ? offset.offset : bounds.begin, next < bounds.end else { continue }
            if let same = earlier[offset.id], same.position == offset.offset {
                unread[offset.id] = same
            } else {
                if earlier[offset.id] != nil { hasProgressed = true }
                unread[offset.id] = Position(position: offset.offset, since: now)
            }
        }
        if unread.isEmpty, !positions.isEmpty { hasProgressed = true }
        let late = unread.filter { now - $0.value.since >= fetchDeadline * ($0.value.isReassigned ? 2 : 1) }
        guard let longest = late.values.map({ now - $0.since }).max() else { return .healthy }
        let ids = late.keys.sorted()
        if late.values.contains(where: \.isReassigned) { return .replaceClient(.notFetched(ids, for: longest)) }
        for id in ids { unread[id]?.isReassigned = true }
        return .reassign(ids, for: longest)
    }
}
