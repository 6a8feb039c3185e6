import Synchronization

/// Moves records from librdkafka to the workers and limits each partition's buffer to its depth. Only the consumer's thread uses it.
struct ConsumerIntake {
    private struct Slot {
        let id: TopicPartition
        /// The offset after the last received record, or the start offset.
        var position: Int64
        var records: [KafkaRecord] = []
        var bytes = 0
        var freeRecords: Int
        var freeBytes: Int
        var isPaused = false
    }

    private let client: RDConsumer
    private let shared: ConsumerShared
    private let depthRecords: Int
    private let depthBytes: Int
    private var reader = RDRecordReader()
    private var slots: [Slot] = []
    private var indexes: [TopicPartition: Int] = [:]
    /// The slot of the last record: the next record usually belongs to the same partition.
    private var last: Int?

    init(_ client: RDConsumer, _ shared: ConsumerShared, depthRecords: Int, depthBytes: Int) {
        self.client = client
        self.shared = shared
        self.depthRecords = depthRecords
        self.depthBytes = depthBytes
    }

    var ids: [TopicPartition] { slots.map(\.id) }

    var positions: [RDOffset] { slots.map { RDOffset($0.id, $0.position) } }

    /// The positions of the partitions that are not paused.
    var readPositions: [RDOffset] { slots.filter { !$0.isPaused }.map { RDOffset($0.id, $0.position) } }

    mutating func begin(_ starts: [RDOffset]) {
        end()
        add(starts)
    }

    mutating func add(_ starts: [RDOffset]) {
        for start in starts {
            indexes[start.id] = slots.count
            slots.append(Slot(id: start.id, position: start.offset, freeRecords: depthRecords, freeBytes: depthBytes))
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
            slots[index].freeRecords -= 1
            slots[index].freeBytes -= bytes
            if slots[index].freeRecords <= 0 || slots[index].freeBytes <= 0 { flushFull(index) }
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
        var free = (records: depthRecords, bytes: depthBytes)
        shared.metrics.count(records: records.count)
        shared.onArrival?(records)
        shared.change { workers in
            let actions = workers.append(records, bytes: bytes, to: id)
            if let waiting = workers.partitions[id]?.waiting { free = (depthRecords - waiting.count, depthBytes - waiting.bytes) }
            return actions
        }
        (slots[index].freeRecords, slots[index].freeBytes) = free
    }

    /// Passes the records to the workers, and pauses the partition if it is still full afterwards.
    private mutating func flushFull(_ index: Int) {
        flush(index)
        guard slots[index].freeRecords <= 0 || slots[index].freeBytes <= 0, !slots[index].isPaused else { return }
        let id = slots[index].id
        guard (try? client.pause([id])) != nil else { return }
        slots[index].isPaused = true
        shared.workers.withLock { $0.partitions[id]?.isPausedAtBroker = true }
    }

    /// Resumes the paused partitions that have space again.
    mutating func resume() {
        let paused = slots.indices.filter { slots[$0].isPaused }
        guard !paused.isEmpty else { return }
        let ready = shared.workers.withLock { workers in paused.filter { workers.canResume(slots[$0].id) } }
        guard !ready.isEmpty, (try? client.resume(ready.map { slots[$0].id })) != nil else { return }
        let read = ready.filter { slots[$0].position >= 0 }.map { RDOffset(slots[$0].id, slots[$0].position) }
        if !read.isEmpty { try? client.seek(read) }
        for index in ready {
            let id = slots[index].id
            slots[index].isPaused = false
            let waiting = shared.workers.withLock { workers in
                workers.partitions[id]?.isPausedAtBroker = false
                return workers.partitions[id]?.waiting
            }
            slots[index].freeRecords = depthRecords - (waiting?.count ?? 0)
            slots[index].freeBytes = depthBytes - (waiting?.bytes ?? 0)
        }
    }
}
