/// The buffered records of a partition, in offset order.
struct RecordQueue {
    private var records: [KafkaRecord] = []
    private var head = 0
    private(set) var bytes = 0

    var count: Int { records.count - head }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ more: [KafkaRecord], bytes: Int) {
        if isEmpty {
            records = more
            head = 0
        } else {
            records.append(contentsOf: more)
        }
        self.bytes += bytes
    }

    mutating func take(_ limit: Int, into batch: inout [KafkaRecord]) {
        let end = min(records.count, head + limit)
        for record in records[head..<end] { bytes -= record.countedBytes }
        batch.append(contentsOf: records[head..<end])
        head = end
        guard head > 1024, head > records.count / 2 else { return }
        records.removeFirst(head)
        head = 0
    }

    /// Puts the records that were taken last back at the front.
    mutating func putBack(_ taken: ArraySlice<KafkaRecord>) {
        records.replaceSubrange(0..<head, with: taken)
        head = 0
        for record in taken { bytes += record.countedBytes }
    }
}

extension KafkaRecord {
    /// The bytes that it uses of a partition's depth.
    var countedBytes: Int { (key?.count ?? 0) + (value?.count ?? 0) }
}
