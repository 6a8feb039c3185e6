import Synchronization

/// Moves records from librdkafka to the lanes, and holds each partition to its depth. Used by the consumer's thread alone.
struct ConsumerIntake {
    private struct Slot {
        let id: TopicPartition
        /// The offset after the last record received, or where reading starts.
        var position: Int64
        var records: [KafkaRecord] = []
        var bytes = 0
        var roomRecords: Int
        var roomBytes: Int
        var isPaused = false
    }

    private let client: RDConsumer
    private let shared: ConsumerShared
    private let depthRecords: Int
    private let depthBytes: Int
    private var reader = RDRecordReader()
    private var slots: [Slot] = []
    private var indexes: [TopicPartition: Int] = [:]
    /// The slot of the last record: most have the same as the one before.
    private var last: Int?

    init(_ client: RDConsumer, _ shared: ConsumerShared, depthRecords: Int, depthBytes: Int) {
        self.client = client
        self.shared = shared
        self.depthRecords = depthRecords
        self.depthBytes = depthBytes
    }

    var ids: [TopicPartition] { slots.map(\.id) }

    var positions: [RDOffset] { slots.map { RDOffset($0.id, $0.position) } }

    /// The positions of those that the broker is asked for.
    var readPositions: [RDOffset] { slots.filter { !$0.isPaused }.map { RDOffset($0.id, $0.position) } }

    mutating func begin(_ starts: [RDOffset]) {
        end()
        add(starts)
    }

    mutating func add(_ starts: [RDOffset]) {
        for start in starts {
            indexes[start.id] = slots.count
            slots.append(Slot(id: start.id, position: start.offset, roomRecords: depthRecords, roomBytes: depthBytes))
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

    /// Takes the records of an event in; one of a partition that is not ours any more is passed over.
    mutating func receive(_ event: borrowing RDEvent) {
        while let record = reader.next(of: event) {
            guard let index = index(of: record) else { continue }
            let bytes = record.countedBytes
            slots[index].records.append(record)
            slots[index].bytes += bytes
            slots[index].position = record.offset + 1
            slots[index].roomRecords -= 1
            slots[index].roomBytes -= bytes
            if slots[index].roomRecords <= 0 || slots[index].roomBytes <= 0 { flushFull(index) }
        }
    }

    private mutating func index(of record: KafkaRecord) -> Int? {
        if let last, slots[last].id.partition == record.partition, slots[last].id.topic == record.topic { return last }
        last = indexes[record.topicPartition]
        return last
    }

    /// Hands over what was received since the last time.
    mutating func flush() {
        for index in slots.indices where !slots[index].records.isEmpty { flush(index) }
    }

    private mutating func flush(_ index: Int) {
        let (id, records, bytes) = (slots[index].id, slots[index].records, slots[index].bytes)
        slots[index].records = []
        slots[index].bytes = 0
        var room = (records: depthRecords, bytes: depthBytes)
        shared.metrics.count(records: records.count)
        shared.arrivals?(records)
        shared.change { lanes in
            let actions = lanes.append(records, bytes: bytes, to: id)
            if let waiting = lanes.partitions[id]?.waiting { room = (depthRecords - waiting.count, depthBytes - waiting.bytes) }
            return actions
        }
        (slots[index].roomRecords, slots[index].roomBytes) = room
    }

    /// The partition may be full: it is handed over to see, and paused if so.
    private mutating func flushFull(_ index: Int) {
        flush(index)
        guard slots[index].roomRecords <= 0 || slots[index].roomBytes <= 0, !slots[index].isPaused else { return }
        let id = slots[index].id
        guard (try? client.pause([id])) != nil else { return }
        slots[index].isPaused = true
        shared.lanes.withLock { $0.partitions[id]?.isPausedAtBroker = true }
    }

    /// Asks for the records of paused partitions again that have room.
    mutating func resume() {
        let paused = slots.indices.filter { slots[$0].isPaused }
        guard !paused.isEmpty else { return }
        let ready = shared.lanes.withLock { lanes in paused.filter { lanes.mayResume(slots[$0].id) } }
        guard !ready.isEmpty, (try? client.resume(ready.map { slots[$0].id })) != nil else { return }
        let read = ready.filter { slots[$0].position >= 0 }.map { RDOffset(slots[$0].id, slots[$0].position) }
        if !read.isEmpty { try? client.seek(read) }
        for index in ready {
            let id = slots[index].id
            slots[index].isPaused = false
            let waiting = shared.lanes.withLock { lanes in
                lanes.partitions[id]?.isPausedAtBroker = false
                return lanes.partitions[id]?.waiting
            }
            slots[index].roomRecords = depthRecords - (waiting?.count ?? 0)
            slots[index].roomBytes = depthBytes - (waiting?.bytes ?? 0)
        }
    }
}
