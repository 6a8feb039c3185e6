/// One loss of a partition's place in the log. The same partition lost again is another loss: who dealt with the first has not
/// dealt with the second.
public struct KafkaPositionLoss: Sendable, Hashable {
    /// Whose place was lost.
    public let id: TopicPartition

    /// Which of the consumer's losses it is.
    let number: UInt64
}

/// The losses that stand; of each partition the last one.
struct ConsumerLosses {
    private var numbers: [TopicPartition: UInt64] = [:]
    private var last: UInt64 = 0

    var standing: Set<KafkaPositionLoss> { Set(numbers.map { KafkaPositionLoss(id: $0.key, number: $0.value) }) }

    mutating func add(_ id: TopicPartition) {
        last += 1
        numbers[id] = last
    }

    mutating func settle(_ losses: Set<KafkaPositionLoss>) {
        for loss in losses where numbers[loss.id] == loss.number { numbers[loss.id] = nil }
    }
}
