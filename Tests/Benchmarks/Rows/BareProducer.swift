import CLibrdkafka
import Foundation
import Messages
import Messaging
import StrictJSON

/// Records prepared for librdkafka: all keys, headers and payloads are in one byte array, so that sending needs no further work.
struct BareRecords: Sendable {
    struct Piece: Sendable {
        let start: Int
        let count: Int
    }

    struct Record: Sendable {
        let partition: Int32
        let key: Piece
        let value: Piece
        /// Name, value.
        let headers: [(name: Piece, value: Piece)]
    }

    let topic: String
    private(set) var bytes: [UInt8] = []
    private(set) var records: [Record] = []

    init(_ messages: [SampleMessage], topic: String, partitions: Int) {
        self.topic = topic
        var sequences: [Int16: Int64] = [:]
        var names: [String: Piece] = [:]
        for message in messages {
            let shard = Shard.of(message.key)
            sequences[shard, default: 0] += 1
            // The headers that the relay writes.
            let headers = [
                ("ce_specversion", "1.0"), ("ce_id", message.id.uuidString.lowercased()), ("ce_source", "counter"),
                ("ce_type", SampleMessage.type), ("ce_time", WireTime.text(message.time)), ("content-type", "application/json"),
                ("ce_keyversion", String(message.version)), ("ce_shard", String(shard)), ("ce_sequence", String(sequences[shard] ?? 0)),
                ("ce_cause", message.id.uuidString.lowercased()), ("traceparent", SampleMessage.traceparent),
            ].map { name, value in
                let piece = names[name] ?? put(Array(name.utf8))
                names[name] = piece
                return (name: piece, value: put(Array(value.utf8)))
            }
            records.append(
                Record(
                    partition: Shard.partition(of: shard, partitions: partitions), key: put(Array(message.key.utf8)),
                    value: put(message.body), headers: headers))
        }
    }

    private mutating func put(_ more: [UInt8]) -> Piece {
        defer { bytes += more }
        return Piece(start: bytes.count, count: more.count)
    }
}

/// A minimal producer, as in a C program: one loop that produces, and a flush.
enum BareProducer {
    /// Sends all records and waits for all acknowledgements. Blocks the thread.
    static func messagesPerSecond(_ records: BareRecords, bootstrapServers: String) throws -> Double {
        let producer = try producer(bootstrapServers)
        defer { rd_kafka_destroy(producer) }
        guard let topic = rd_kafka_topic_new(producer, records.topic, nil) else {
            throw BenchmarkError("cannot open the topic \(records.topic)")
        }
        defer { rd_kafka_topic_destroy(topic) }
        // As for the relay, the connection is opened before the measurement.
        try send(records, 0..<1, producer, topic)
        guard rd_kafka_flush(producer, 30_000) == RD_KAFKA_RESP_ERR_NO_ERROR else { throw BenchmarkError("the broker does not answer") }
        let start = ContinuousClock.now
        try send(records, 0..<records.records.count, producer, topic)
        guard rd_kafka_flush(producer, 60_000) == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw BenchmarkError("not all records were acknowledged")
        }
        return Double(records.records.count) / (ContinuousClock.now - start).seconds
    }

    private static func producer(_ bootstrapServers: String) throws -> OpaquePointer {
        let settings = [
            "bootstrap.servers": bootstrapServers, "acks": "all", "enable.idempotence": "true", "compression.codec": "lz4",
            "linger.ms": "1", "queue.buffering.max.messages": "1000000", "queue.buffering.max.kbytes": "1048576",
        ]
        let configuration = rd_kafka_conf_new()
        for (name, value) in settings { rd_kafka_conf_set(configuration, name, value, nil, 0) }
        rd_kafka_conf_set_dr_msg_cb(configuration) { _, _, _ in }
        guard let producer = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, nil, 0) else {
            throw BenchmarkError("cannot create a producer")
        }
        return producer
    }

    private static func send(_ all: BareRecords, _ range: Range<Int>, _ producer: OpaquePointer, _ topic: OpaquePointer) throws {
        var arguments = [rd_kafka_vu_t](repeating: rd_kafka_vu_t(), count: 6)
        try all.bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            for record in all.records[range] {
                let headers = rd_kafka_headers_new(record.headers.count)
                for (name, value) in record.headers {
                    let text = (base + name.start).assumingMemoryBound(to: CChar.self)
                    rd_kafka_header_add(headers, text, name.count, base + value.start, value.count)
                }
                arguments[0].vtype = RD_KAFKA_VTYPE_RKT
                arguments[0].u.rkt = topic
                arguments[1].vtype = RD_KAFKA_VTYPE_PARTITION
                arguments[1].u.i32 = record.partition
                arguments[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS
                arguments[2].u.i = RD_KAFKA_MSG_F_COPY
                arguments[3].vtype = RD_KAFKA_VTYPE_KEY
                arguments[3].u.mem.ptr = UnsafeMutableRawPointer(mutating: base + record.key.start)
                arguments[3].u.mem.size = record.key.count
                arguments[4].vtype = RD_KAFKA_VTYPE_VALUE
                arguments[4].u.mem.ptr = UnsafeMutableRawPointer(mutating: base + record.value.start)
                arguments[4].u.mem.size = record.value.count
                arguments[5].vtype = RD_KAFKA_VTYPE_HEADERS
                arguments[5].u.headers = headers
                if let error = rd_kafka_produceva(producer, arguments, arguments.count) {
                    defer { rd_kafka_error_destroy(error) }
                    throw BenchmarkError("librdkafka: \(String(cString: rd_kafka_error_string(error)))")
                }
                rd_kafka_poll(producer, 0)
            }
        }
    }
}
