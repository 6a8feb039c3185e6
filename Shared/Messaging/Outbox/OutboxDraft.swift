import Foundation
import Kernel
import Messages

/// A message about to be written to the outbox.
package struct OutboxDraft: Sendable {
    let id: UUID
    let topic: String
    let shard: Int16
    let key: String
    let type: MessageType
    /// Whether it is an event, which has a version within its key.
    let isVersioned: Bool
    let time: Date
    let cause: UUID?
    let trace: TraceContext?
    let token: String?
    let body: [UInt8]
    /// How long publishing is deferred; nil for immediate publishing.
    let delay: Duration?

    init(
        id: UUID, topic: String, key: String, shard: Int16? = nil, type: MessageType, isVersioned: Bool, time: Date, cause: UUID? = nil,
        trace: TraceContext? = nil, token: String? = nil, body: [UInt8], delay: Duration? = nil
    ) {
        (self.id, self.topic, self.key, self.shard) = (id, topic, key, shard ?? Shard.of(key))
        (self.type, self.isVersioned, self.time, self.body, self.delay) = (type, isVersioned, time, body, delay)
        (self.cause, self.trace, self.token) = (cause, trace, token)
    }

    /// Throws for a key or body that no reader would accept, before the message is committed.
    package static func check(key: String, body: [UInt8]) throws(OutboxError) {
        guard (1...MessageLimits.keyBytes).contains(key.utf8.count), !key.utf8.contains(0) else {
            throw .key(bytes: key.utf8.count)
        }
        guard body.count <= MessageLimits.bodyBytes else { throw .body(bytes: body.count) }
    }
}

/// Why a message cannot be written to the outbox. A programming error of the writer.
public enum OutboxError: Error, Sendable, Hashable, CustomStringConvertible {
    case key(bytes: Int)
    case body(bytes: Int)

    /// The problem and the limit.
    public var description: String {
        switch self {
        case .key(let bytes): "a key has 1 to \(MessageLimits.keyBytes) bytes and no NUL; this one has \(bytes) bytes"
        case .body(let bytes): "a body has at most \(MessageLimits.bodyBytes) bytes; this one has \(bytes)"
        }
    }
}
