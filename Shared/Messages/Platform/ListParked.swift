public import Foundation

/// Asks a service which messages it has set aside, in the order in which that happened.
public struct ListParked: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("platform", "list-parked")

    /// Rows behind this one are wanted; 0 for all.
    public let after: Int64
    /// At most this many.
    public let rowsAtMost: Int

    /// Asks for the rows behind `after`.
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
        /// Its key as text; what is no UTF-8 in it is shown as `U+FFFD`.
        public let key: String
        /// Whether it is what holds its key up; others wait behind it.
        public let isHead: Bool
        /// What is wrong, as a stable short name.
        public let reason: String
        /// The same in words, for the operator.
        public let explanation: String
        /// How often it was tried.
        public let attempts: Int
        /// When it was set aside.
        public let parkedAt: Date
        /// How many later commands of its key were refused, since the key has as many rows as are allowed; nil for none.
        public let refused: Int64?
        /// How many later messages of its key were dropped for the same reason, to be asked for again when the key goes on; nil for none.
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
        /// How many rows there are in all.
        public let total: Int64

        /// The rows found.
        public init(rows: [Row], total: Int64) { (self.rows, self.total) = (rows, total) }
    }
}

/// Asks a service for one message that it has set aside, with its headers and its body.
public struct ShowParked: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("platform", "show-parked")

    /// The row; refused under QUAN-07 where there is none.
    public let parkedID: Int64

    /// Asks for the row `parkedID`.
    public init(parkedID: Int64) { self.parkedID = parkedID }

    /// The result of the command's outcome.
    public struct Answer: Codable, Sendable, Hashable {
        /// The row.
        public let row: ListParked.Row
        /// The partition it came from.
        public let partition: Int32
        /// Its offset there.
        public let offset: Int64
        /// The headers that are text, by name, without the access token.
        public let headers: [String: String]
        /// The body as text, at most 64 KiB of it; nil for a tombstone.
        public let body: String?
        /// How many bytes the body has.
        public let bodyBytes: Int64

        /// A parked message as a whole.
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
