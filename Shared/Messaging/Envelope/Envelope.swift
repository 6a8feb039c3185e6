public import Foundation
public import Messages

/// What is written on the outside of a message: who says what, when, about which key, and as the how-manieth.
///
/// On the wire it is a CloudEvents 1.0 envelope in Kafka's binary mode; see `EnvelopeHeaders` for the header names.
public struct Envelope: Sendable, Hashable {
    /// Unique for ever. A command that comes twice under one id takes effect once.
    public let id: UUID
    /// The service that wrote it.
    public let source: String
    /// The type of its body.
    public let type: MessageType
    /// The instant that decisions count as *now*: when the portal received the command, or when the event was decided.
    /// To the microsecond.
    public let time: Date
    /// The record's key: messages of one key stay in order.
    public let key: String
    /// Events only: the how-manieth event of its key, from 1, without holes.
    public let version: Int64?
    /// Where it stands in its producer's sequence; nil for a command that a tool sent straight to Kafka.
    public let place: SequencePlace?
    /// The message that led to this one.
    public let cause: UUID?
    /// The trace it belongs to.
    public let trace: TraceContext?
    /// The caller's access token; commands only.
    public let token: String?

    /// An envelope with these parts.
    public init(
        id: UUID, source: String, type: MessageType, time: Date, key: String, version: Int64? = nil, place: SequencePlace? = nil,
        cause: UUID? = nil, trace: TraceContext? = nil, token: String? = nil
    ) {
        self.id = id
        self.source = source
        self.type = type
        self.time = time
        self.key = key
        self.version = version
        self.place = place
        self.cause = cause
        self.trace = trace
        self.token = token
    }
}

/// A producer numbers what it publishes on a topic, shard by shard, from 1 without holes. A reader that sees a hole has
/// lost something and asks for it again.
public struct SequencePlace: Sendable, Hashable {
    /// The shard of keys, 0..<`Shard.count`.
    public let shard: Int16
    /// The number in that shard, from 1.
    public let sequence: Int64

    /// A place in a shard's sequence.
    public init(shard: Int16, sequence: Int64) {
        self.shard = shard
        self.sequence = sequence
    }
}

/// The bounds every message keeps. What goes beyond is refused or parked, never cut.
public enum MessageLimits {
    /// The greatest size of a body, in bytes.
    public static let bodyBytes = 1 << 20
    /// The greatest size of a key, in bytes.
    public static let keyBytes = 1024
    /// The greatest size of a record as Kafka counts it: the body, the key and the headers with the token in them.
    public static let recordBytes = bodyBytes + (64 << 10)
    /// The greatest version or sequence number. No producer gets there; what goes beyond is a mistake, and could not be counted on.
    public static let greatestNumber: Int64 = 1 << 60
    /// The greatest size of one header's value, in bytes.
    public static let headerBytes = 16 * 1024
}
