public import Kernel

/// Asks a service to verify a part of the chain of seals over its audit trail, and to report the first break.
public struct VerifyAudit: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("platform", "verify-audit")

    /// The seals after this one are verified; 0 for the beginning.
    public let after: Int64
    /// The maximum number of seals.
    public let sealsAtMost: Int

    /// Requests verification of the seals after `after`.
    public init(after: Int64 = 0, sealsAtMost: Int = 50) {
        self.after = after
        self.sealsAtMost = sealsAtMost
    }

    /// A seal of the chain.
    public struct Seal: Codable, Sendable, Hashable {
        /// Its number, from 1 without gaps.
        public let number: Int64
        /// Its hash, SHA-256 in hexadecimal digits: of the seal before it and of every row it covers.
        public let hash: String

        /// A seal.
        public init(number: Int64, hash: String) { (self.number, self.hash) = (number, hash) }
    }

    /// A difference between the audit trail and its seals.
    public struct Break: Codable, Sendable, Hashable {
        /// The kind of difference.
        public enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
            /// A sealed row was changed.
            case rowChanged = "row-changed"
            /// A sealed row is missing.
            case rowMissing = "row-missing"
            /// A row was inserted among sealed rows.
            case rowInserted = "row-inserted"
            /// A seal does not follow from the one before it.
            case sealBroken = "seal-broken"
            /// A seal is missing.
            case sealMissing = "seal-missing"
        }

        /// The kind of difference.
        public let kind: Kind
        /// The seal that detects it; nil for a row that no seal covers.
        public let seal: Int64?
        /// The row of the table `audit`, if it is one row.
        public let auditID: Int64?

        /// A break.
        public init(kind: Kind, seal: Int64?, auditID: Int64?) {
            self.kind = kind
            self.seal = seal
            self.auditID = auditID
        }
    }

    /// The result of the command's outcome.
    public struct Answer: Codable, Sendable, Hashable {
        /// The verified seals, in order.
        public let seals: [Seal]
        /// The number of audit rows they cover.
        public let rows: Int64
        /// The first break; nil if there is none.
        public let firstBreak: Break?
        /// Whether the chain ends here.
        public let isEnd: Bool

        /// The result of a verification.
        public init(seals: [Seal], rows: Int64, firstBreak: Break?, isEnd: Bool) {
            self.seals = seals
            self.rows = rows
            self.firstBreak = firstBreak
            self.isEnd = isEnd
        }
    }
}

/// Asks a service for the stored heads (last seals) of another service's audit trail.
public struct ListAuditHeads: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("platform", "list-audit-heads")

    /// The service whose heads are requested.
    @Text<CodeText> public private(set) var service: String
    /// Only heads after this number are returned; 0 for all.
    public let after: Int64

    /// Requests the heads of `service` after `after`, at most 500.
    public init(service: String, after: Int64 = 0) {
        self.service = service
        self.after = after
    }

    /// The result of the command's outcome.
    public struct Answer: Codable, Sendable, Hashable {
        /// The stored heads, in order.
        public let heads: [VerifyAudit.Seal]
        /// Whether there are no more.
        public let isEnd: Bool

        /// The heads found.
        public init(heads: [VerifyAudit.Seal], isEnd: Bool) { (self.heads, self.isEnd) = (heads, isEnd) }
    }
}
