/// One loss of a partition's position in the log. A second loss of the same partition is another value: resolving the first does not
/// resolve the second.
public struct KafkaPositionLoss: Sendable, Hashable {
    /// The partition whose position was lost.
    public let id: TopicPartition

    /// The consumer's sequence number of the loss.
    let number: UInt64
}

/// The unresolved losses; of each partition the last one.
struct ConsumerLosses {
    private var numbers: [TopicPartition: UInt64] = [:]
    private var last: UInt64 = 0

    var unresolved: Set<KafkaPositionLoss> { Set(numbers.map { KafkaPositionLoss(id: $0.key, number: $0.value) }) }

    mutating func add(_ id: TopicPartition) {
        last += 1
        numbers[id] = last
    }

    mutating func resolve(_ losses: Set<KafkaPositionLoss>) {
        for loss in losses where numbers[loss.id] == loss.number { numbers[loss.id] = nil }
    }
}
