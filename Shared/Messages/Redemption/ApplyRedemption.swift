public import Foundation
public import Kernel

/// Asks redemption to take an institution's papers for an order: its first application, or the mended papers after a return. By the institution.
public struct ApplyRedemption: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("redemption", "apply-redemption")

    /// The order that was served.
    public let orderID: UUID
    /// All papers, also those that were handed in before and stay as they were.
    public let papers: [RedemptionPaper]
    /// What the papers say.
    public let facts: RedemptionFacts
    /// The version of the order's last event that the sender has been told of; nil where it knows of none. The papers are judged on no less.
    public let orderSeen: Int64?

    /// Applies for redemption.
    public init(orderID: UUID, papers: [RedemptionPaper], facts: RedemptionFacts, orderSeen: Int64? = nil) {
        self.orderID = orderID
        self.papers = papers
        self.facts = facts
        self.orderSeen = orderSeen
    }
}

/// A file handed in as one of the programme's documents. The file itself lies in the content-addressed store.
public struct RedemptionPaper: Codable, Sendable, Hashable {
    /// The document, by the programme's names: `contract`, `receipt`, `invoice`, `waiver-statement`.
    @Text<CodeText> public private(set) var document: String
    /// The file's content.
    public let file: ContentHash
    /// The name it was uploaded under.
    @Text<FileNameText> public private(set) var fileName: String

    /// A file handed in as a document.
    public init(document: String, file: ContentHash, fileName: String) {
        self.document = document
        self.file = file
        self.fileName = fileName
    }
}
