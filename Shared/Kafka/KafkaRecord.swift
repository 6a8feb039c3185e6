public import Foundation

/// A partition of a topic.
public struct TopicPartition: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The topic's name.
    public let topic: String
    /// The partition's number, from 0.
    public let partition: Int32

    /// - Parameters:
    ///   - topic: the topic's name
    ///   - partition: the partition's number, from 0
    public init(topic: String, partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    /// By topic, then by number.
    public static func < (left: TopicPartition, right: TopicPartition) -> Bool {
        (left.topic, left.partition) < (right.topic, right.partition)
    }

    /// `topic[partition]`.
    public var description: String { "\(topic)[\(partition)]" }
}

/// A header of a record. A name may occur several times; the order is kept.
public struct KafkaHeader: Sendable, Hashable {
    /// The header's name.
    public let name: String
    /// The header's value; nil when absent, which differs from an empty value.
    public let value: [UInt8]?

    /// - Parameters:
    ///   - name: the header's name
    ///   - value: its bytes, or nil
    public init(name: String, value: [UInt8]?) {
        self.name = name
        self.value = value
    }

    /// A header whose value is text in UTF-8.
    public init(_ name: String, _ text: String) {
        self.init(name: name, value: Array(text.utf8))
    }
}

/// A record that was read.
public struct KafkaRecord: Sendable, Hashable {
    /// The topic it was read from.
    public let topic: String
    /// The partition it was read from.
    public let partition: Int32
    /// The offset in the partition.
    public let offset: Int64
    /// The key; nil when absent.
    public let key: [UInt8]?
    /// The payload; nil for a tombstone.
    public let value: [UInt8]?
    /// The headers in order, including repeated names.
    public let headers: [KafkaHeader]
    /// The broker's or the producer's time, depending on the topic's configuration; nil when absent.
    public let timestamp: Date?

    /// - Parameters:
    ///   - topic: the topic
    ///   - partition: the partition
    ///   - offset: the offset in the partition
    ///   - key: the key, or nil
    ///   - value: the payload, or nil for a tombstone
    ///   - headers: the headers in their order
    ///   - timestamp: the record's time, or nil
    public init(
        topic: String, partition: Int32, offset: Int64, key: [UInt8]?, value: [UInt8]?, headers: [KafkaHeader], timestamp: Date?
    ) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.key = key
        self.value = value
        self.headers = headers
        self.timestamp = timestamp
    }

    /// The topic and partition it was read from.
    public var topicPartition: TopicPartition { TopicPartition(topic: topic, partition: partition) }
}

/// A record to send.
public struct KafkaProducerRecord: Sendable, Hashable {
    /// The destination topic.
    public var topic: String
    /// The partition; nil chooses it by the key (murmur2, as Kafka's own clients do), or at random without a key.
    public var partition: Int32?
    /// Key, payload and headers.
    public var parts: KafkaRecordParts

    /// - Parameters:
    ///   - topic: the destination topic
    ///   - partition: the partition, or nil to choose it by the key
    ///   - key: the key, or nil
    ///   - value: the payload, or nil for a tombstone
    ///   - headers: the headers in their order
    public init(topic: String, partition: Int32? = nil, key: [UInt8]?, value: [UInt8]?, headers: [KafkaHeader] = []) {
        self.init(topic: topic, partition: partition, parts: KafkaRecordParts(key: key, value: value, headers: headers))
    }

    /// - Parameters:
    ///   - topic: the destination topic
    ///   - partition: the partition, or nil to choose it by the key
    ///   - parts: key, payload and headers
    public init(topic: String, partition: Int32? = nil, parts: KafkaRecordParts) {
        self.topic = topic
        self.partition = partition
        self.parts = parts
    }

    /// The key, or nil.
    public var key: [UInt8]? {
        get { parts.copy(of: parts.key) }
        set { parts = KafkaRecordParts(key: newValue, value: value, headers: headers) }
    }

    /// The payload, or nil for a tombstone.
    public var value: [UInt8]? {
        get { parts.copy(of: parts.value) }
        set { parts = KafkaRecordParts(key: key, value: newValue, headers: headers) }
    }

    /// The headers in their order.
    public var headers: [KafkaHeader] {
        get {
            var headers: [KafkaHeader] = []
            parts.forEachHeader { name, value in
                headers.append(KafkaHeader(name: String(decoding: name, as: UTF8.self), value: value.baseAddress.map { _ in Array(value) }))
            }
            return headers
        }
        set { parts = KafkaRecordParts(key: key, value: value, headers: newValue) }
    }
}

/// The partition and offset of an acknowledged record.
public struct KafkaRecordMetadata: Sendable, Hashable {
    /// The partition.
    public let partition: Int32
    /// The offset in the partition.
    public let offset: Int64

    /// - Parameters:
    ///   - partition: the partition
    ///   - offset: the offset in the partition
    public init(partition: Int32, offset: Int64) {
        self.partition = partition
        self.offset = offset
    }
}
