public import Foundation
public import Messages

/// A message's metadata: its id, source, type, time, key and numbers.
///
/// It is sent as a CloudEvents 1.0 envelope in Kafka's binary mode; see `EnvelopeHeaders` for the header names.
public struct Envelope: Sendable, Hashable {
    /// Globally unique. A command that is received twice with the same id takes effect once.
    public let id: UUID
    /// The service that wrote it.
    public let source: String
    /// The type of its body.
    public let type: MessageType
    /// The current time for decisions: when the portal received the command, or when the event was decided. In microseconds.
    public let time: Date
    /// The record's key: messages of one key stay in order.
    public let key: String
    /// Events only: the number of the event among those of its key, from 1 without gaps.
    public let version: Int64?
    /// Its place in the producer's sequence; nil for a command that a tool sent directly to Kafka.
    public let place: SequencePlace?
    /// The id of the message that caused this one.
    public let cause: UUID?
    /// The trace it belongs to.
    public let trace: TraceContext?
    /// The caller's access token; commands only.
    public let token: String?

    /// Creates an envelope.
    public init(
        id: UUID, source: String, type: MessageType, time: Date, key: String, version: Int64? = nil, place: SequencePlace? = nil,
        cause: UUID? = nil, trace: TraceContext? = nil, token: String? = nil
    ) {
        (self.id, self.source, self.type, self.time, self.key) = (id, source, type, time, key)
        (self.version, self.place, self.cause, self.trace, self.token) = (version, place, cause, trace, token)
    }
}

/// A message's number in its producer's sequence. A producer numbers the messages it publishes on a topic, shard by shard, from 1 without
/// gaps; a reader that finds a gap requests the missing messages.
public struct SequencePlace: Sendable, Hashable {
    /// The shard of keys, 0..<`Shard.count`.
    public let shard: Int16
    /// The number in that shard, from 1.
    public let sequence: Int64

    /// Creates a place.
    public init(shard: Int16, sequence: Int64) {
        (self.shard, self.sequence) = (shard, sequence)
    }
}

/// The limits of messages. A message beyond a limit is refused or parked, never truncated.
public enum MessageLimits {
    /// The maximum size of a body, in bytes.
    public static let bodyBytes = 1 << 20
    /// The maximum size of a key, in bytes.
    public static let keyBytes = 1024
    /// The maximum size of a record as Kafka counts it, in bytes: the body, the key, and the headers including the token.
    public static let recordBytes = bodyBytes + (64 << 10)
    /// The maximum version or sequence number. No producer reaches it; a greater number is an error, and incrementing it could overflow.
    public static let greatestNumber: Int64 = 1 << 60
    /// The maximum size of a header's value, in bytes.
    public static let headerBytes = 16 * 1024
}
