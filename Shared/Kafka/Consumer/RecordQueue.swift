import DequeModule

/// The buffered records of a partition, in offset order, and their bytes.
struct RecordQueue {
    private var records: Deque<KafkaRecord> = []
    private(set) var bytes = 0

    var count: Int { records.count }
    var isEmpty: Bool { records.isEmpty }

    mutating func append(_ more: [KafkaRecord], bytes: Int) {
        records.append(contentsOf: more)
        self.bytes += bytes
    }

    mutating func take(_ limit: Int, into batch: inout [KafkaRecord]) {
        let count = min(limit, records.count)
        for record in records.prefix(count) {
            batch.append(record)
            bytes -= record.countedBytes
        }
        records.removeFirst(count)
    }

    /// Puts the records that were taken last back at the front.
    mutating func putBack(_ taken: ArraySlice<KafkaRecord>) {
        records.prepend(contentsOf: taken)
        for record in taken { bytes += record.countedBytes }
    }
}

extension KafkaRecord {
    /// The bytes that it uses of a partition's depth.
    var countedBytes: Int { (key?.count ?? 0) + (value?.count ?? 0) }
}
