/// The buffered records of each partition, the leased batch of each worker, and the tasks that wait for a batch. Pure state: every
/// change returns the actions to perform after the lock is released.
struct ConsumerWorkers {
    struct Partition {
        let epoch: UInt64
        var waiting = RecordQueue()
        /// The first offset that is not completed; nil before the first completion.
        var done: Int64?
        /// The last offset stored in librdkafka.
        var stored: Int64?
        var isPausedAtBroker = false
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
        var served: [(Waiter, KafkaBatch?)] = []
        var failed: [(Waiter, any Error)] = []
        /// Whether the thread has to wake up, to resume a partition or to end a drain.
        var wakesThread = false

        func perform() {
            for (waiter, batch) in served { waiter.resume(returning: batch) }
            for (waiter, error) in failed { waiter.resume(throwing: error) }
        }
    }

    var partitions: [TopicPartition: Partition] = [:]
    var workers: [Worker]
    var isClosed = false
    /// The group is revoking the partitions: no batches are delivered.
    var isDraining = false
    let depthRecords: Int
    let depthBytes: Int
    private var lastEpoch: UInt64 = 0
    private var lastNumber: UInt64 = 0

    init(workers: Int, depthRecords: Int, depthBytes: Int) {
        self.workers = Array(repeating: Worker(), count: workers)
        self.depthRecords = depthRecords
        self.depthBytes = depthBytes
    }

    func worker(of id: TopicPartition) -> Int { Int(id.partition.magnitude) % workers.count }

    var hasLease: Bool { workers.contains { $0.lease != nil } }

    // MARK: Records

    mutating func append(_ records: [KafkaRecord], bytes: Int, to id: TopicPartition) -> Actions {
        partitions[id]?.waiting.append(records, bytes: bytes)
        var actions = Actions()
        serve(worker(of: id), &actions)
        return actions
    }

    mutating func wait(_ worker: Int, ticket: UInt64, limit: Int, _ waiter: Waiter) -> Actions {
        var actions = Actions()
        if isClosed {
            actions.served.append((waiter, nil))
        } else if workers[worker].waiter != nil {
            actions.failed.append(
                (waiter, KafkaError(code: KafkaError.Code.conflict, "two tasks call next for worker \(worker): only one task may")))
        } else {
            workers[worker].waiter = (ticket, limit, waiter)
            serve(worker, &actions)
        }
        return actions
    }

    mutating func cancel(_ worker: Int, ticket: UInt64) -> Actions {
        var actions = Actions()
        guard let waiter = workers[worker].waiter, waiter.ticket == ticket else { return actions }
        workers[worker].waiter = nil
        actions.failed.append((waiter.continuation, CancellationError()))
        return actions
    }

    mutating func complete(_ batch: KafkaBatch) -> Actions {
        endLease(batch) { partition, piece, batch in partition.done = batch.records[piece.range.upperBound - 1].offset + 1 }
    }

    mutating func abandon(_ batch: KafkaBatch) -> Actions {
        endLease(batch) { partition, piece, batch in partition.waiting.putBack(batch.records[piece.range]) }
    }

    /// Ends the lease of a batch. Has no effect for a batch whose lease has ended already.
    private mutating func endLease(
        _ batch: KafkaBatch, _ body: (inout Partition, KafkaBatch.Piece, KafkaBatch) -> Void
    ) -> Actions {
        var actions = Actions()
        guard workers.indices.contains(batch.worker), workers[batch.worker].lease?.number == batch.number else { return actions }
        workers[batch.worker].lease = nil
        for piece in batch.pieces where partitions[piece.id]?.epoch == piece.epoch {
            if var partition = partitions.removeValue(forKey: piece.id) {
                body(&partition, piece, batch)
                partitions[piece.id] = partition
            }
        }
        actions.wakesThread = isDraining || isClosed
        serve(batch.worker, &actions)
        return actions
    }

    mutating func setDelivery(_ id: TopicPartition, isPaused: Bool) -> Actions {
        partitions[id]?.isDeliveryPaused = isPaused
        var actions = Actions()
        serve(worker(of: id), &actions)
        return actions
    }

    /// Delivers a batch to the worker's waiting task, if there is one, records are available and no batch is leased.
    private mutating func serve(_ index: Int, _ actions: inout Actions) {
        guard let waiter = workers[index].waiter, workers[index].lease == nil, !isDraining, !isClosed else { return }
        guard let batch = take(index, limit: waiter.limit, &actions) else { return }
        workers[index].waiter = nil
        workers[index].lease = Lease(number: batch.number, partitions: batch.partitions, since: .now)
        actions.served.append((waiter.continuation, batch))
    }

    /// Builds a batch: equal shares first, starting with another partition each time, then the rest from partitions with more records.
    private mutating func take(_ index: Int, limit: Int, _ actions: inout Actions) -> KafkaBatch? {
        let members = workers[index].members
        let ready = members.indices.map { members[($0 + workers[index].turn) % members.count] }.filter { isReady($0) }
        guard !ready.isEmpty else { return nil }
        workers[index].turn = (workers[index].turn + 1) % members.count
        var shares = ready.map { min(partitions[$0]?.waiting.count ?? 0, max(1, limit / ready.count)) }
        var rest = limit
        for position in shares.indices {
            shares[position] = min(shares[position], rest)
            rest -= shares[position]
        }
        for (position, id) in ready.enumerated() where rest > 0 {
            let more = min(rest, (partitions[id]?.waiting.count ?? 0) - shares[position])
            shares[position] += more
            rest -= more
        }
        var records: [KafkaRecord] = []
        records.reserveCapacity(shares.reduce(0, +))
        var pieces: [KafkaBatch.Piece] = []
        for (id, share) in zip(ready, shares) where share > 0 {
            guard let epoch = partitions[id]?.epoch else { continue }
            let first = records.count
            partitions[id]?.waiting.take(share, into: &records)
            pieces.append(KafkaBatch.Piece(id: id, epoch: epoch, range: first..<records.count))
            actions.wakesThread = actions.wakesThread || canResume(id)
        }
        lastNumber += 1
        return KafkaBatch(worker: index, records: records, number: lastNumber, pieces: pieces)
    }

    private func isReady(_ id: TopicPartition) -> Bool {
        guard let partition = partitions[id] else { return false }
        return !partition.isDeliveryPaused && !partition.waiting.isEmpty
    }

    /// Whether fetching of this partition may resume.
    func canResume(_ id: TopicPartition) -> Bool {
        guard let partition = partitions[id] else { return false }
        return partition.isPausedAtBroker && partition.waiting.count <= depthRecords / 2 && partition.waiting.bytes <= depthBytes / 2
    }

    // MARK: Assignments

    /// Adds partitions of a new assignment. Records of an earlier assignment are not mixed in.
    mutating func add(_ starts: [RDOffset]) {
        lastEpoch += 1
        isDraining = false
        for start in starts {
            let known = start.offset >= 0 ? start.offset : nil
            partitions[start.id] = Partition(epoch: lastEpoch, done: known, stored: known)
            let index = worker(of: start.id)
            if !workers[index].members.contains(start.id) { workers[index].members.append(start.id) }
        }
    }

    /// Stops delivery and drops the buffered records; the partitions' next owner reads them again.
    mutating func beginDrain() {
        isDraining = true
        for id in partitions.keys { partitions[id]?.waiting = RecordQueue() }
    }

    mutating func removeAll() {
        partitions = [:]
        isDraining = false
        for index in workers.indices { workers[index].members = [] }
    }

    // MARK: For the thread

    /// The completed offsets that are not stored in librdkafka yet. Marks them as stored.
    mutating func takeUnstored() -> [RDOffset] {
        var unstored: [RDOffset] = []
        for (id, partition) in partitions where partition.done != partition.stored {
            guard let done = partition.done else { continue }
            unstored.append(RDOffset(id, done))
        }
        for offset in unstored { partitions[offset.id]?.stored = offset.offset }
        return unstored
    }

    /// The batches that have exceeded another multiple of the deadline.
    mutating func takeOverdue(_ deadline: Duration, now: ContinuousClock.Instant) -> [KafkaConsumerEvent] {
        var overdue: [KafkaConsumerEvent] = []
        for (index, worker) in workers.enumerated() {
            guard let lease = worker.lease, now - lease.since >= deadline * (lease.warnings + 1) else { continue }
            workers[index].lease?.warnings += 1
            overdue.append(.stuck(worker: index, partitions: lease.partitions, out: now - lease.since))
        }
        return overdue
    }

    mutating func close() -> Actions {
        var actions = Actions(wakesThread: true)
        isClosed = true
        for index in workers.indices {
            if let waiter = workers[index].waiter { actions.served.append((waiter.continuation, nil)) }
            workers[index].waiter = nil
        }
        return actions
    }
}
