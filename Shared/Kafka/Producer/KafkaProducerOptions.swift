/// The options of a producer. It always waits for all in-sync replicas (`acks=all`) and is idempotent, so that librdkafka's
/// retries neither duplicate nor reorder the records of a partition.
public struct KafkaProducerOptions: Sendable {
    /// How records are compressed.
    public enum Compression: String, Sendable, CaseIterable {
        /// No compression.
        case none
        /// Fast; the default.
        case lz4
        /// Better compression, slower to write.
        case zstd
        /// As fast as lz4, worse compression.
        case snappy
        /// For old brokers.
        case gzip
    }

    /// How long a record may wait for others to form a batch. Default 1 ms, because `send` takes many records at once anyway.
    public var linger: Duration

    /// The compression. Default lz4.
    public var compression: Compression

    /// The time after which each record of a `send` is acknowledged or failed, also without a broker. A quarter of it is for waiting for
    /// space in the queue, the rest for delivery; librdkafka checks once a second. Default 30 s, at least 2 s.
    public var messageTimeout: Duration

    /// The maximum number of unacknowledged records; further records wait in `send`. Default 100 000.
    public var queueRecords: Int

    /// The maximum number of bytes of unacknowledged records; further records wait in `send`. Default 64 MiB.
    public var queueBytes: Int

    /// A record larger than this (key, value, headers) fails; the others of its `send` do not. Default 1 MiB, the brokers' default.
    public var maximumRecordBytes: Int

    /// - Parameters:
    ///   - linger: how long a record may wait for others to form a batch
    ///   - compression: the compression
    ///   - messageTimeout: the time after which each record is acknowledged or failed
    ///   - queueRecords: the maximum number of unacknowledged records
    ///   - queueBytes: the maximum number of unacknowledged bytes
    ///   - maximumRecordBytes: the maximum size of a record
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

    /// How long `send` waits for space in the queue before the remaining records fail.
    var queueSpaceTimeout: Duration { messageTimeout / 4 }

    func properties(_ configuration: KafkaConfiguration) -> RDProperties {
        // The time that remains after the wait for space, less the second between two checks of librdkafka.
        let delivery = max(messageTimeout / 2, messageTimeout - queueSpaceTimeout - .seconds(1))
        let defaults = [
            "linger.ms": String(linger.milliseconds),
            // A record must not wait for the TCP acknowledgement of the one before.
            "socket.nagle.disable": "true",
            "compression.codec": compression.rawValue,
            "queue.buffering.max.messages": String(queueRecords),
            "queue.buffering.max.kbytes": String(max(1, queueBytes >> 10)),
            "message.max.bytes": String(maximumRecordBytes),
            // The same partitioning as Kafka's own clients.
            "partitioner": "murmur2_random",
            "reconnect.backoff.ms": "50",
            "reconnect.backoff.max.ms": "2000",
            "socket.keepalive.enable": "true",
        ]
        let fixed = [
            "acks": "all",
            // Auto-created topics would not have the configured partitions and replicas.
            "allow.auto.create.topics": "false",
            "enable.idempotence": "true",
            "message.timeout.ms": String(delivery.milliseconds),
            "delivery.report.only.error": "false",
        ]
        return RDProperties(configuration, defaults: defaults, fixed: fixed)
    }
}
