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

/// A header of a record. A name may stand several times; the order is kept.
public struct KafkaHeader: Sendable, Hashable {
    /// The header's name.
    public let name: String
    /// The header's bytes; nil where the header has no value, which is not the same as an empty one.
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

/// A record as it was read.
public struct KafkaRecord: Sendable, Hashable {
    /// The topic it was read from.
    public let topic: String
    /// The partition it was read from.
    public let partition: Int32
    /// Its place in the partition.
    public let offset: Int64
    /// The key; nil where it has none.
    public let key: [UInt8]?
    /// The payload; nil for a tombstone.
    public let value: [UInt8]?
    /// The headers in their order, repeated names included.
    public let headers: [KafkaHeader]
    /// The broker's or the producer's time, as the topic is set; nil where the record has none.
    public let timestamp: Date?

    /// - Parameters:
    ///   - topic: the topic
    ///   - partition: the partition
    ///   - offset: the place in the partition
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

    /// Where it was read from.
    public var topicPartition: TopicPartition { TopicPartition(topic: topic, partition: partition) }
}

/// A record to send.
public struct KafkaOutgoing: Sendable, Hashable {
    /// The topic it goes to.
    public var topic: String
    /// The partition, or nil to have it chosen by the key (murmur2, as Kafka's own clients do), and at random without one.
    public var partition: Int32?
    /// Key, payload and headers.
    public var parts: KafkaParts

    /// - Parameters:
    ///   - topic: the topic it goes to
    ///   - partition: the partition, or nil to have it chosen by the key
    ///   - key: the key, or nil
    ///   - value: the payload, or nil for a tombstone
    ///   - headers: the headers in their order
    public init(topic: String, partition: Int32? = nil, key: [UInt8]?, value: [UInt8]?, headers: [KafkaHeader] = []) {
        self.init(topic: topic, partition: partition, parts: KafkaParts(key: key, value: value, headers: headers))
    }

    /// - Parameters:
    ///   - topic: the topic it goes to
    ///   - partition: the partition, or nil to have it chosen by the key
    ///   - parts: key, payload and headers
    public init(topic: String, partition: Int32? = nil, parts: KafkaParts) {
        self.topic = topic
        self.partition = partition
        self.parts = parts
    }

    /// The key, or nil.
    public var key: [UInt8]? {
        get { parts.copy(of: parts.key) }
        set { parts = KafkaParts(key: newValue, value: value, headers: headers) }
    }

    /// The payload, or nil for a tombstone.
    public var value: [UInt8]? {
        get { parts.copy(of: parts.value) }
        set { parts = KafkaParts(key: key, value: newValue, headers: headers) }
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
        set { parts = KafkaParts(key: key, value: value, headers: newValue) }
    }
}

/// Where an acknowledged record lies.
public struct KafkaPlace: Sendable, Hashable {
    /// The partition.
    public let partition: Int32
    /// The place in it.
    public let offset: Int64

    /// - Parameters:
    ///   - partition: the partition
    ///   - offset: the place in it
    public init(partition: Int32, offset: Int64) {
        self.partition = partition
        self.offset = offset
    }
}
