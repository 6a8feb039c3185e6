import CLibrdkafka

/// Queues records with one producer, and allocates the space for librdkafka's arguments once. Use it in `use.run`.
struct RDProduce: ~Copyable {
    private let producer: RDProducer
    private let arguments: UnsafeMutablePointer<rd_kafka_vu_t>
    private var topicName = ""
    private var topic: OpaquePointer?

    private static let capacity = 7

    init(_ producer: RDProducer) {
        self.producer = producer
        arguments = .allocate(capacity: Self.capacity)
        arguments.initialize(repeating: rd_kafka_vu_t(), count: Self.capacity)
    }

    deinit { arguments.deallocate() }

    /// Queues one record; librdkafka copies it.
    /// - Returns: nil when it is queued, and its delivery report will contain the opaque; otherwise the error
    mutating func callAsFunction(_ record: KafkaProducerRecord, opaque: UnsafeMutableRawPointer) -> KafkaError? {
        if topic == nil || topicName != record.topic {
            topic = record.topic.isEmpty ? nil : producer.topic(record.topic)
            topicName = record.topic
        }
        guard let topic else {
            return KafkaError(code: KafkaError.Code.invalidArgument, "\"\(record.topic)\" is not a valid topic name")
        }
        let parts = record.parts
        let headers = Self.headers(parts)
        let error = parts.withBytes(of: parts.key) { key in
            parts.withBytes(of: parts.value) { value in
                produce(topic, record.partition ?? -1, key, value, headers, opaque)
            }
        }
        // librdkafka owns the headers only of a record that it has accepted.
        if error != nil, let headers { rd_kafka_headers_destroy(headers) }
        return KafkaError(consuming: error)
    }

    private func produce(
        _ topic: OpaquePointer, _ partition: Int32, _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer,
        _ headers: OpaquePointer?, _ opaque: UnsafeMutableRawPointer
    ) -> OpaquePointer? {
        var count = 0
        func add(_ type: rd_kafka_vtype_t, _ fill: (inout rd_kafka_vu_t) -> Void) {
            arguments[count].vtype = type
            fill(&arguments[count])
            count += 1
        }
        add(RD_KAFKA_VTYPE_RKT) { $0.u.rkt = topic }
        add(RD_KAFKA_VTYPE_PARTITION) { $0.u.i32 = partition }
        add(RD_KAFKA_VTYPE_MSGFLAGS) { $0.u.i = RD_KAFKA_MSG_F_COPY }
        add(RD_KAFKA_VTYPE_OPAQUE) { $0.u.ptr = opaque }
        add(RD_KAFKA_VTYPE_KEY) {
            $0.u.mem.ptr = UnsafeMutableRawPointer(mutating: key.baseAddress)
            $0.u.mem.size = key.count
        }
        add(RD_KAFKA_VTYPE_VALUE) {
            $0.u.mem.ptr = UnsafeMutableRawPointer(mutating: value.baseAddress)
            $0.u.mem.size = value.count
        }
        if let headers { add(RD_KAFKA_VTYPE_HEADERS) { $0.u.headers = headers } }
        return rd_kafka_produceva(producer.client.pointer, arguments, count)
    }

    private static func headers(_ parts: KafkaRecordParts) -> OpaquePointer? {
        guard parts.headerCount > 0, let list = rd_kafka_headers_new(Int(parts.headerCount)) else { return nil }
        parts.forEachHeader { name, value in
            _ = rd_kafka_header_add(
                list, name.baseAddress?.assumingMemoryBound(to: CChar.self), name.count, value.baseAddress, value.count)
        }
        return list
    }
}
