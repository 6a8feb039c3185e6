/// Which records wait in which partition, which lane has a batch out, and who waits for one. Pure state: every change answers what
/// is to be done once the lock around it is left.
struct ConsumerLanes {
    struct Partition {
        let epoch: UInt64
        var waiting = RecordQueue()
        /// The first offset not known to be done; nil before any was.
        var done: Int64?
        /// What librdkafka was last told of it.
        var stored: Int64?
        var isPausedAtBroker = false
        var isTakingPaused = false
    }

    struct Lease {
        let number: UInt64
        let partitions: [TopicPartition]
        let since: ContinuousClock.Instant
        var warnings = 0
    }

    typealias Waiter = CheckedContinuation<KafkaBatch?, any Error>

    struct Lane {
        var members: [TopicPartition] = []
        /// Whose turn it is to be first.
        var turn = 0
        var lease: Lease?
        var waiter: (ticket: UInt64, limit: Int, continuation: Waiter)?
    }

    /// What to do outside of the lock.
    struct Actions {
        var served: [(Waiter, KafkaBatch?)] = []
        var failed: [(Waiter, any Error)] = []
        /// The thread has something to do: resume a partition, end a drain.
        var wakesThread = false

        func perform() {
            for (waiter, batch) in served { waiter.resume(returning: batch) }
            for (waiter, error) in failed { waiter.resume(throwing: error) }
        }
    }

    var partitions: [TopicPartition: Partition] = [:]
    var lanes: [Lane]
    var isClosed = false
    /// The group is taking the partitions away: nothing is given out.
    var isDraining = false
    let depthRecords: Int
    let depthBytes: Int
    private var lastEpoch: UInt64 = 0
    private var lastNumber: UInt64 = 0

    init(lanes: Int, depthRecords: Int, depthBytes: Int) {
        self.lanes = Array(repeating: Lane(), count: lanes)
        self.depthRecords = depthRecords
        self.depthBytes = depthBytes
    }

    func lane(of id: TopicPartition) -> Int { Int(id.partition.magnitude) % lanes.count }

    var hasLease: Bool { lanes.contains { $0.lease != nil } }

    // MARK: Records come and go

    mutating func append(_ records: [KafkaRecord], bytes: Int, to id: TopicPartition) -> Actions {
        partitions[id]?.waiting.append(records, bytes: bytes)
        var actions = Actions()
        serve(lane(of: id), &actions)
        return actions
    }

    mutating func wait(_ lane: Int, ticket: UInt64, limit: Int, _ waiter: Waiter) -> Actions {
        var actions = Actions()
        if isClosed {
            actions.served.append((waiter, nil))
        } else if lanes[lane].waiter != nil {
            actions.failed.append(
                (waiter, KafkaError(code: KafkaError.Code.conflict, "lane \(lane) is waited for by two tasks: a lane is one task's")))
        } else {
            lanes[lane].waiter = (ticket, limit, waiter)
            serve(lane, &actions)
        }
        return actions
    }

    mutating func cancel(_ lane: Int, ticket: UInt64) -> Actions {
        var actions = Actions()
        guard let waiter = lanes[lane].waiter, waiter.ticket == ticket else { return actions }
        lanes[lane].waiter = nil
        actions.failed.append((waiter.continuation, CancellationError()))
        return actions
    }

    mutating func done(_ batch: KafkaBatch) -> Actions {
        giveBack(batch) { partition, piece, batch in partition.done = batch.records[piece.range.upperBound - 1].offset + 1 }
    }

    mutating func abandon(_ batch: KafkaBatch) -> Actions {
        giveBack(batch) { partition, piece, batch in partition.waiting.putBack(batch.records[piece.range]) }
    }

    /// A batch given back twice, or after its lane was given another, changes nothing.
    private mutating func giveBack(
        _ batch: KafkaBatch, _ body: (inout Partition, KafkaBatch.Piece, KafkaBatch) -> Void
    ) -> Actions {
        var actions = Actions()
        guard lanes.indices.contains(batch.lane), lanes[batch.lane].lease?.number == batch.number else { return actions }
        lanes[batch.lane].lease = nil
        for piece in batch.pieces where partitions[piece.id]?.epoch == piece.epoch {
            if var partition = partitions.removeValue(forKey: piece.id) {
                body(&partition, piece, batch)
                partitions[piece.id] = partition
            }
        }
        actions.wakesThread = isDraining || isClosed
        serve(batch.lane, &actions)
        return actions
    }

    mutating func setTaking(_ id: TopicPartition, isPaused: Bool) -> Actions {
        partitions[id]?.isTakingPaused = isPaused
        var actions = Actions()
        serve(lane(of: id), &actions)
        return actions
    }

    /// Gives the lane's waiter a batch, if there is a waiter, a record and no batch out.
    private mutating func serve(_ index: Int, _ actions: inout Actions) {
        guard let waiter = lanes[index].waiter, lanes[index].lease == nil, !isDraining, !isClosed else { return }
        guard let batch = take(index, limit: waiter.limit, &actions) else { return }
        lanes[index].waiter = nil
        lanes[index].lease = Lease(number: batch.number, partitions: batch.partitions, since: .now)
        actions.served.append((waiter.continuation, batch))
    }

    /// Equal shares first, beginning with another partition each time; what is left of the limit goes to who has more.
    private mutating func take(_ index: Int, limit: Int, _ actions: inout Actions) -> KafkaBatch? {
        let members = lanes[index].members
        let ready = members.indices.map { members[($0 + lanes[index].turn) % members.count] }.filter { isReady($0) }
        guard !ready.isEmpty else { return nil }
        lanes[index].turn = (lanes[index].turn + 1) % members.count
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
            actions.wakesThread = actions.wakesThread || mayResume(id)
        }
        lastNumber += 1
        return KafkaBatch(lane: index, records: records, number: lastNumber, pieces: pieces)
    }

    private func isReady(_ id: TopicPartition) -> Bool {
        guard let partition = partitions[id] else { return false }
        return !partition.isTakingPaused && !partition.waiting.isEmpty
    }

    /// Whether the broker is to be asked for this partition's records again.
    func mayResume(_ id: TopicPartition) -> Bool {
        guard let partition = partitions[id] else { return false }
        return partition.isPausedAtBroker && partition.waiting.count <= depthRecords / 2 && partition.waiting.bytes <= depthBytes / 2
    }

    // MARK: Assignments

    /// New partitions, or the same ones in a new assignment: what was read in an older one is not mixed in.
    mutating func add(_ starts: [RDOffset]) {
        lastEpoch += 1
        isDraining = false
        for start in starts {
            let known = start.offset >= 0 ? start.offset : nil
            partitions[start.id] = Partition(epoch: lastEpoch, done: known, stored: known)
            let index = lane(of: start.id)
            if !lanes[index].members.contains(start.id) { lanes[index].members.append(start.id) }
        }
    }

    /// Nothing is given out any more; what was not given out is dropped, its next owner reads it again.
    mutating func beginDrain() {
        isDraining = true
        for id in partitions.keys { partitions[id]?.waiting = RecordQueue() }
    }

    mutating func removeAll() {
        partitions = [:]
        isDraining = false
        for index in lanes.indices { lanes[index].members = [] }
    }

    // MARK: For the thread

    /// What is done and librdkafka does not know yet; it is told now.
    mutating func takeUnstored() -> [RDOffset] {
        var unstored: [RDOffset] = []
        for (id, partition) in partitions where partition.done != partition.stored {
            guard let done = partition.done else { continue }
            unstored.append(RDOffset(id, done))
        }
        for offset in unstored { partitions[offset.id]?.stored = offset.offset }
        return unstored
    }

    /// Batches that have been out for another whole deadline.
    mutating func takeOverdue(_ deadline: Duration, now: ContinuousClock.Instant) -> [KafkaConsumerEvent] {
        var overdue: [KafkaConsumerEvent] = []
        for (index, lane) in lanes.enumerated() {
            guard let lease = lane.lease, now - lease.since >= deadline * (lease.warnings + 1) else { continue }
            lanes[index].lease?.warnings += 1
            overdue.append(.stuck(lane: index, partitions: lease.partitions, out: now - lease.since))
        }
        return overdue
    }

    mutating func close() -> Actions {
        var actions = Actions(wakesThread: true)
        isClosed = true
        for index in lanes.indices {
            if let waiter = lanes[index].waiter { actions.served.append((waiter.continuation, nil)) }
            lanes[index].waiter = nil
        }
        return actions
    }
}
