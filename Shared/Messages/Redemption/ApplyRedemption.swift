public import Foundation
public import Kernel

/// Asks redemption to accept an institution's papers for an order: its first application, or the corrected papers after a return. Sent by
/// the institution.
public struct ApplyRedemption: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("redemption", "apply-redemption")

    /// The completed order.
    public let orderID: UUID
    /// All papers, including unchanged ones that were submitted before.
    public let papers: [RedemptionPaper]
    /// The facts stated in the papers.
    public let facts: RedemptionFacts
    /// The version of the order's last event that the sender has seen; nil if none. Redemption waits until it has applied at least this
    /// version.
    public let knownOrderVersion: Int64?

    /// Applies for redemption.
    public init(orderID: UUID, papers: [RedemptionPaper], facts: RedemptionFacts, knownOrderVersion: Int64? = nil) {
        self.orderID = orderID
        self.papers = papers
        self.facts = facts
        self.knownOrderVersion = knownOrderVersion
    }
}

/// A file submitted as one of the programme's documents. The file itself is in the content-addressed store.
public struct RedemptionPaper: Codable, Sendable, Hashable {
    /// The document, by its name in the programme: `contract`, `receipt`, `invoice`, `waiver-statement`.
    @Text<CodeText> public private(set) var document: String
    /// The hash of the file's content.
    public let file: ContentHash
    /// The file name given at upload.
    @Text<FileNameText> public private(set) var fileName: String

    /// A file submitted as a document.
    public init(document: String, file: ContentHash, fileName: String) {
        self.document = document
        self.file = file
        self.fileName = fileName
    }
}
