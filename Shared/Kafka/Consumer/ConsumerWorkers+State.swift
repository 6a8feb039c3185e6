extension ConsumerWorkers {
    struct Partition {
        let epoch: UInt64
        var waiting = RecordQueue()
        /// The first offset that is not completed; nil before the first completion.
        var done: Int64?
        /// The last offset stored in librdkafka.
        var stored: Int64?
        /// Fetching is paused, because the buffer was full.
        var isFetchingPaused = false
        /// Delivery is paused by the consumer's caller.
        var isDeliveryPaused = false
    }

    struct Lease {
        let number: UInt64
        let partitions: [TopicPartition]
        let since: ContinuousClock.Instant
        var warnings = 0
    }

    typealias Waiter = CheckedContinuation<KafkaBatch?, any Error>

    struct Worker {
        var members: [TopicPartition] = []
        /// The index of the partition that is served first.
        var turn = 0
        var lease: Lease?
        var waiter: (ticket: UInt64, limit: Int, continuation: Waiter)?
    }

    /// Actions to perform outside the lock.
    struct Actions {
        var answers: [(Waiter, Result<KafkaBatch?, any Error>)] = []
        /// Whether the thread has to wake up, to resume a partition or to end a drain.
        var wakesThread = false

        func perform() {
            for (waiter, answer) in answers { waiter.resume(with: answer) }
        }
    }
}
