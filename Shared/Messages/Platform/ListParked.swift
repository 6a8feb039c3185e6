public import Foundation

/// Asks a service for its parked messages, in the order in which they were parked.
public struct ListParked: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("platform", "list-parked")

    /// Only rows after this one are returned; 0 for all.
    public let after: Int64
    /// The maximum number of rows.
    public let rowsAtMost: Int

    /// Requests the rows after `after`.
    public init(after: Int64 = 0, rowsAtMost: Int = 100) {
        self.after = after
        self.rowsAtMost = rowsAtMost
    }

    /// One parked message, without its body.
    public struct Row: Codable, Sendable, Hashable {
        /// The number of the row.
        public let parkedID: Int64
        /// The topic it came from.
        public let topic: String
        /// Its key as text; invalid UTF-8 is shown as `U+FFFD`.
        public let key: String
        /// Whether it is the message that failed; later messages of its key wait behind it.
        public let isHead: Bool
        /// The reason, as a stable short name.
        public let reason: String
        /// An explanation for the operator.
        public let explanation: String
        /// The number of attempts.
        public let attempts: Int
        /// When it was parked.
        public let parkedAt: Date
        /// The number of later commands of its key that were refused because the key has the maximum number of rows; nil for none.
        public let refused: Int64?
        /// The number of later messages of its key that were dropped for the same reason and are republished after the redrive; nil for
        /// none.
        public let dropped: Int64?

        /// A parked message.
        public init(
            parkedID: Int64, topic: String, key: String, isHead: Bool, reason: String, explanation: String, attempts: Int, parkedAt: Date,
            refused: Int64? = nil, dropped: Int64? = nil
        ) {
            self.parkedID = parkedID
            self.topic = topic
            self.key = key
            self.isHead = isHead
            self.reason = reason
            self.explanation = explanation
            self.attempts = attempts
            self.parkedAt = parkedAt
            self.refused = refused
            self.dropped = dropped
        }
    }

    /// The result of the command's outcome.
    public struct Answer: Codable, Sendable, Hashable {
        /// The rows.
        public let rows: [Row]
        /// The total number of rows.
        public let total: Int64

        /// The rows found.
        public init(rows: [Row], total: Int64) { (self.rows, self.total) = (rows, total) }
    }
}

/// Asks a service for one parked message with its headers and body.
public struct ShowParked: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("platform", "show-parked")

    /// The row; refused under QUAN-07 if it does not exist.
    public let parkedID: Int64

    /// Requests the row `parkedID`.
    public init(parkedID: Int64) { self.parkedID = parkedID }

    /// The result of the command's outcome.
    public struct Answer: Codable, Sendable, Hashable {
        /// The row.
        public let row: ListParked.Row
        /// The partition it came from.
        public let partition: Int32
        /// Its offset there.
        public let offset: Int64
        /// The text headers by name, without the access token.
        public let headers: [String: String]
        /// The first 64 KiB of the body as text; nil for a tombstone.
        public let body: String?
        /// The size of the body in bytes.
        public let bodyBytes: Int64

        /// A parked message with headers and body.
        public init(row: ListParked.Row, partition: Int32, offset: Int64, headers: [String: String], body: String?, bodyBytes: Int64) {
            self.row = row
            self.partition = partition
            self.offset = offset
            self.headers = headers
            self.body = body
            self.bodyBytes = bodyBytes
        }
    }
}
