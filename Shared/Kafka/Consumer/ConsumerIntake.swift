import Synchronization

/// Moves records from librdkafka to the workers and limits each partition's buffer to its depth. Only the consumer's thread uses it.
struct ConsumerIntake {
    private struct Slot {
        let id: TopicPartition
        /// The offset after the last received record, or the start offset.
        var position: Int64
        var records: [KafkaRecord] = []
        var bytes = 0
        /// The space in the partition's buffer, less the received records.
        var free: (records: Int, bytes: Int)

        var isFull: Bool { free.records <= 0 || free.bytes <= 0 }
    }

    private let client: RDConsumer
    private let shared: ConsumerShared
    private var reader = RDRecordReader()
    private var slots: [Slot] = []
    private var indexes: [TopicPartition: Int] = [:]
    /// The slot of the last record: the next record usually belongs to the same partition.
    private var last: Int?

    init(_ client: RDConsumer, _ shared: ConsumerShared) {
        self.client = client
        self.shared = shared
    }

    var ids: [TopicPartition] { slots.map(\.id) }

    var positions: [RDOffset] { slots.map { RDOffset($0.id, $0.position) } }

    /// The positions of the partitions whose fetching is not paused.
    var readPositions: [RDOffset] {
        shared.workers.withLock { workers in positions.filter { workers.partitions[$0.id]?.isFetchingPaused == false } }
    }

    /// The partitions must be in `ConsumerWorkers` already.
    mutating func begin(_ starts: [RDOffset]) {
        end()
        add(starts)
    }

    mutating func add(_ starts: [RDOffset]) {
        for start in starts {
            indexes[start.id] = slots.count
            slots.append(Slot(id: start.id, position: start.offset, free: shared.workers.withLock { $0.free(start.id) }))
        }
    }

    mutating func end() {
        slots = []
        indexes = [:]
        last = nil
        reader.forget()
    }

    mutating func move(_ id: TopicPartition, to offset: Int64) {
        if let index = indexes[id] { slots[index].position = offset }
    }

    /// Buffers the records of an event. Records of partitions that are no longer assigned are dropped.
    mutating func receive(_ event: borrowing RDEvent) {
        while let record = reader.next(of: event) {
            guard let index = index(of: record) else { continue }
            let bytes = record.countedBytes
            slots[index].records.append(record)
            slots[index].bytes += bytes
            slots[index].position = record.offset + 1
            slots[index].free.records -= 1
            slots[index].free.bytes -= bytes
            if slots[index].isFull { flushFull(index) }
        }
    }

    private mutating func index(of record: KafkaRecord) -> Int? {
        if let last, slots[last].id.partition == record.partition, slots[last].id.topic == record.topic { return last }
        last = indexes[record.topicPartition]
        return last
    }

    /// Passes the records received since the last call to the workers.
    mutating func flush() {
        for index in slots.indices where !slots[index].records.isEmpty { flush(index) }
    }

    private mutating func flush(_ index: Int) {
        let (id, records, bytes) = (slots[index].id, slots[index].records, slots[index].bytes)
        slots[index].records = []
        slots[index].bytes = 0
        shared.metrics.count(records: records.count)
        shared.onArrival?(records)
        shared.change { workers in
            let actions = workers.append(records, bytes: bytes, to: id)
            slots[index].free = workers.free(id)
            return actions
        }
    }

    /// Passes the records to the workers, and pauses the partition if it is still full afterwards.
    private mutating func flushFull(_ index: Int) {
        flush(index)
        let id = slots[index].id
        guard slots[index].isFull, shared.workers.withLock({ $0.partitions[id]?.isFetchingPaused == false }) else { return }
        guard (try? client.pause([id])) != nil else { return }
        shared.workers.withLock { $0.partitions[id]?.isFetchingPaused = true }
    }

    /// Resumes the paused partitions that have space again.
    mutating func resume() {
        let ready = shared.workers.withLock { $0.resumable }.compactMap { indexes[$0] }
        guard !ready.isEmpty, (try? client.resume(ready.map { slots[$0].id })) != nil else { return }
        let read = ready.filter { slots[$0].position >= 0 }.map { RDOffset(slots[$0].id, slots[$0].position) }
        if !read.isEmpty { try? client.seek(read) }
        for index in ready {
            let id = slots[index].id
            slots[index].free = shared.workers.withLock { workers in
                workers.partitions[id]?.isFetchingPaused = false
                return workers.free(id)
            }
        }
    }
}
