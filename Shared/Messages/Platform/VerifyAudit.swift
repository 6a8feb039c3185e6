public import Kernel

/// Asks a service to walk a part of the chain that seals its audit trail, and to tell the first place where it is broken.
public struct VerifyAudit: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("platform", "verify-audit")

    /// The seals behind this one are walked; 0 for the beginning.
    public let after: Int64
    /// At most this many seals.
    public let sealsAtMost: Int

    /// Asks for the seals behind `after`.
    public init(after: Int64 = 0, sealsAtMost: Int = 50) {
        self.after = after
        self.sealsAtMost = sealsAtMost
    }

    /// A seal of the chain.
    public struct Seal: Codable, Sendable, Hashable {
        /// Its number, from 1 without holes.
        public let number: Int64
        /// Its hash, SHA-256 in hexadecimal digits: of the seal before it and of every row it covers.
        public let hash: String

        /// A seal.
        public init(number: Int64, hash: String) { (self.number, self.hash) = (number, hash) }
    }

    /// Where the trail is not what was sealed.
    public struct Break: Codable, Sendable, Hashable {
        /// What is wrong there.
        public enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
            /// A row says something else than when it was sealed.
            case rowChanged = "row-changed"
            /// A row that was sealed is gone.
            case rowMissing = "row-missing"
            /// A row stands among sealed ones and was never sealed.
            case rowInserted = "row-inserted"
            /// A seal does not follow from the one before it.
            case sealBroken = "seal-broken"
            /// A seal is gone.
            case sealMissing = "seal-missing"
        }

        /// What is wrong.
        public let kind: Kind
        /// The seal it shows at; nil for a row that no seal covers.
        public let seal: Int64?
        /// The row of the table `audit`, where it is one row.
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
        /// The seals that were walked and are whole, in order.
        public let seals: [Seal]
        /// How many audit rows they cover.
        public let rows: Int64
        /// The first break; nil where there is none.
        public let firstBreak: Break?
        /// Whether the chain ends here.
        public let isEnd: Bool

        /// What was found.
        public init(seals: [Seal], rows: Int64, firstBreak: Break?, isEnd: Bool) {
            self.seals = seals
            self.rows = rows
            self.firstBreak = firstBreak
            self.isEnd = isEnd
        }
    }
}

/// Asks a service which heads of other services' audit trails it keeps.
public struct ListAuditHeads: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("platform", "list-audit-heads")

    /// Whose heads.
    @Text<CodeText> public private(set) var service: String
    /// Heads behind this number are wanted; 0 for all.
    public let after: Int64

    /// Asks for the heads of `service` behind `after`, 500 at most.
    public init(service: String, after: Int64 = 0) {
        self.service = service
        self.after = after
    }

    /// The result of the command's outcome.
    public struct Answer: Codable, Sendable, Hashable {
        /// The heads that are kept, in order.
        public let heads: [VerifyAudit.Seal]
        /// Whether there are no more.
        public let isEnd: Bool

        /// The heads found.
        public init(heads: [VerifyAudit.Seal], isEnd: Bool) { (self.heads, self.isEnd) = (heads, isEnd) }
    }
}
