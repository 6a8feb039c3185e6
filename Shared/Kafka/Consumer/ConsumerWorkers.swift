/// The buffered records of each partition, the leased batch of each worker, and the tasks that wait for a batch. Pure state: every
/// change returns the actions to perform after the lock is released.
struct ConsumerWorkers {
    var partitions: [TopicPartition: Partition] = [:]
    private(set) var workers: [Worker]
    /// The deadline of `close`; nil until the consumer is closed.
    private(set) var closeBy: ContinuousClock.Instant?
    /// The group is revoking the partitions: no batches are delivered.
    private(set) var isDraining = false
    private let depthRecords: Int
    private let depthBytes: Int
    private var lastEpoch: UInt64 = 0
    private var lastNumber: UInt64 = 0

    init(workers: Int, depthRecords: Int, depthBytes: Int) {
        self.workers = Array(repeating: Worker(), count: workers)
        self.depthRecords = depthRecords
        self.depthBytes = depthBytes
    }

    private func worker(of id: TopicPartition) -> Int { Int(id.partition.magnitude) % workers.count }

    var hasLease: Bool { workers.contains { $0.lease != nil } }

    // MARK: Records

    mutating func append(_ records: [KafkaRecord], bytes: Int, to id: TopicPartition) -> Actions {
        partitions[id]?.waiting.append(records, bytes: bytes)
        return serve(worker(of: id))
    }

    mutating func wait(_ worker: Int, ticket: UInt64, limit: Int, _ waiter: Waiter) -> Actions {
        if closeBy != nil { return Actions(answers: [(waiter, .success(nil))]) }
        guard workers[worker].waiter == nil else {
            let error = KafkaError(code: KafkaError.Code.conflict, "two tasks call next for worker \(worker): only one task may")
            return Actions(answers: [(waiter, .failure(error))])
        }
        workers[worker].waiter = (ticket, limit, waiter)
        return serve(worker)
    }

    mutating func cancel(_ worker: Int, ticket: UInt64) -> Actions {
        guard let waiter = workers[worker].waiter, waiter.ticket == ticket else { return Actions() }
        workers[worker].waiter = nil
        return Actions(answers: [(waiter.continuation, .failure(CancellationError()))])
    }

    mutating func complete(_ batch: KafkaBatch) -> Actions {
        endLease(batch) { partition, range in partition.done = batch.records[range.upperBound - 1].offset + 1 }
    }

    mutating func abandon(_ batch: KafkaBatch) -> Actions {
        endLease(batch) { partition, range in partition.waiting.putBack(batch.records[range]) }
    }

    /// Ends the lease of a batch. Has no effect for a batch whose lease has ended already.
    private mutating func endLease(_ batch: KafkaBatch, _ body: (inout Partition, Range<Int>) -> Void) -> Actions {
        guard workers.indices.contains(batch.worker), workers[batch.worker].lease?.number == batch.number else { return Actions() }
        workers[batch.worker].lease = nil
        for piece in batch.pieces where partitions[piece.id]?.epoch == piece.epoch {
            if var partition = partitions.removeValue(forKey: piece.id) {
                body(&partition, piece.range)
                partitions[piece.id] = partition
            }
        }
        var actions = serve(batch.worker)
        if isDraining || closeBy != nil { actions.wakesThread = true }
        return actions
    }

    mutating func setDelivery(_ id: TopicPartition, isPaused: Bool) -> Actions {
        partitions[id]?.isDeliveryPaused = isPaused
        return serve(worker(of: id))
    }

    /// Delivers a batch to the worker's waiting task, if there is one, records are available and no batch is leased.
    private mutating func serve(_ index: Int) -> Actions {
        guard let waiter = workers[index].waiter, workers[index].lease == nil, !isDraining, closeBy == nil else { return Actions() }
        guard let batch = take(index, limit: waiter.limit) else { return Actions() }
        workers[index].waiter = nil
        workers[index].lease = Lease(number: batch.number, partitions: batch.partitions, since: .now)
        return Actions(
            answers: [(waiter.continuation, .success(batch))], wakesThread: batch.partitions.contains { canResume(partitions[$0]) })
    }

    /// Builds a batch: equal shares first, starting with another partition each time, then the rest from partitions with more records.
    private mutating func take(_ index: Int, limit: Int) -> KafkaBatch? {
        let members = workers[index].members
        let ready = members.indices.map { members[($0 + workers[index].turn) % members.count] }.filter { isReady($0) }
        guard !ready.isEmpty else { return nil }
        workers[index].turn = (workers[index].turn + 1) % members.count
        var rest = limit
        var shares = ready.map { id in
            let share = min(partitions[id]?.waiting.count ?? 0, max(1, limit / ready.count), rest)
            rest -= share
            return share
        }
        for (position, id) in ready.enumerated() where rest > 0 {
            let more = min(rest, (partitions[id]?.waiting.count ?? 0) - shares[position])
            shares[position] += more
            rest -= more
        }
        var records: [KafkaRecord] = []
        records.reserveCapacity(limit - rest)
        var pieces: [KafkaBatch.Piece] = []
        for (id, share) in zip(ready, shares) where share > 0 {
            guard let epoch = partitions[id]?.epoch else { continue }
            let first = records.count
            partitions[id]?.waiting.take(share, into: &records)
            pieces.append(KafkaBatch.Piece(id: id, epoch: epoch, range: first..<records.count))
        }
        lastNumber += 1
        return KafkaBatch(worker: index, records: records, number: lastNumber, pieces: pieces)
    }

    private func isReady(_ id: TopicPartition) -> Bool {
        guard let partition = partitions[id] else { return false }
        return !partition.isDeliveryPaused && !partition.waiting.isEmpty
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

    /// The space in a partition's buffer; negative when the last record exceeds it.
    func free(_ id: TopicPartition) -> (records: Int, bytes: Int) {
        let waiting = partitions[id]?.waiting
        return (depthRecords - (waiting?.count ?? 0), depthBytes - (waiting?.bytes ?? 0))
    }

    /// The partitions whose fetching is paused and may resume.
    var resumable: [TopicPartition] { partitions.compactMap { canResume($0.value) ? $0.key : nil } }

    private func canResume(_ partition: Partition?) -> Bool {
        guard let partition, partition.isFetchingPaused else { return false }
        return partition.waiting.count <= depthRecords / 2 && partition.waiting.bytes <= depthBytes / 2
    }

    /// The completed offsets that are not stored in librdkafka yet. Marks them as stored.
    mutating func takeUnstored() -> [RDOffset] {
        let unstored = partitions.compactMap { id, partition in
            partition.done == partition.stored ? nil : partition.done.map { RDOffset(id, $0) }
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

    /// Ends the waits of all tasks. Only the first deadline counts.
    mutating func close(by deadline: ContinuousClock.Instant) -> Actions {
        closeBy = closeBy ?? deadline
        let waiters = workers.indices.compactMap { workers[$0].waiter.take() }
        return Actions(answers: waiters.map { ($0.continuation, .success(nil)) }, wakesThread: true)
    }
}
