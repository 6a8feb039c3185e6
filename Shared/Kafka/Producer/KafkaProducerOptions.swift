/// How a producer behaves. It always waits for all replicas in step (`acks=all`) and is idempotent, so that librdkafka's own
/// retries neither double nor swap the records of a partition.
public struct KafkaProducerOptions: Sendable {
    /// How records are compressed on the wire and at rest.
    public enum Compression: String, Sendable, CaseIterable {
        /// Not at all.
        case none
        /// Quick to write and read; the default.
        case lz4
        /// Smaller, slower to write.
        case zstd
        /// As quick as lz4, less small.
        case snappy
        /// For old brokers.
        case gzip
    }

    /// How long a record may wait for others to travel with. Default 1 ms: `send` takes many records at once anyway.
    public var linger: Duration

    /// Default lz4.
    public var compression: Compression

    /// By when each record of a `send` is acknowledged or failed, no broker at all included. A quarter of it is for waiting until
    /// there is room in the queue, the rest for delivery; librdkafka looks once a second. Default 30 s, at least 2 s.
    public var messageTimeout: Duration

    /// How many records may wait for their acknowledgement; more wait in `send`. Default 100 000.
    public var queueRecords: Int

    /// How many bytes of records may wait for their acknowledgement; more wait in `send`. Default 64 MiB.
    public var queueBytes: Int

    /// A record larger than this (key, value, headers) is refused for itself, the others of its `send` go on. Default 1 MiB, what a
    /// broker takes when nobody told it otherwise.
    public var maximumRecordBytes: Int

    /// - Parameters:
    ///   - linger: how long a record may wait for others to travel with
    ///   - compression: how records are compressed
    ///   - messageTimeout: by when each record is acknowledged or failed
    ///   - queueRecords: how many records may wait for their acknowledgement
    ///   - queueBytes: how many bytes may wait for their acknowledgement
    ///   - maximumRecordBytes: how large a record may be
    public init(
        linger: Duration = .milliseconds(1), compression: Compression = .lz4, messageTimeout: Duration = .seconds(30),
        queueRecords: Int = 100_000, queueBytes: Int = 64 << 20, maximumRecordBytes: Int = 1 << 20
    ) {
        self.linger = linger
        self.compression = compression
        self.messageTimeout = max(messageTimeout, .seconds(2))
        self.queueRecords = max(1, queueRecords)
        self.queueBytes = max(1 << 20, queueBytes)
        self.maximumRecordBytes = max(1 << 10, maximumRecordBytes)
    }

    /// How long `send` waits for room before the records left over are failed.
    var roomTimeout: Duration { messageTimeout / 4 }

    func properties(_ configuration: KafkaConfiguration) -> RDProperties {
        // What remains after the wait for room, less the second between two looks of librdkafka.
        let delivery = max(messageTimeout / 2, messageTimeout - roomTimeout - .seconds(1))
        let defaults = [
            "linger.ms": String(linger.milliseconds),
            // A record that follows another must not wait for that one's acknowledgement by TCP.
            "socket.nagle.disable": "true",
            "compression.codec": compression.rawValue,
            "queue.buffering.max.messages": String(queueRecords),
            "queue.buffering.max.kbytes": String(max(1, queueBytes >> 10)),
            "message.max.bytes": String(maximumRecordBytes),
            // The same partition for the same key as Kafka's own clients choose.
            "partitioner": "murmur2_random",
            "reconnect.backoff.ms": "50",
            "reconnect.backoff.max.ms": "2000",
            "socket.keepalive.enable": "true",
        ]
        let fixed = [
            "acks": "all",
            // A topic is made as it is wanted, or not at all.
            "allow.auto.create.topics": "false",
            "enable.idempotence": "true",
            "message.timeout.ms": String(delivery.milliseconds),
            "delivery.report.only.error": "false",
        ]
        return RDProperties(configuration, defaults: defaults, fixed: fixed)
    }
}
