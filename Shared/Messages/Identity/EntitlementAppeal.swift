public import Foundation

/// An enterprise's appeal against a refused entitlement, and its decision.
public struct EntitlementAppeal: Codable, Sendable, Hashable {
    /// An officer's decision on the appeal.
    public struct Decision: Codable, Sendable, Hashable {
        /// Whether the appeal is granted and the enterprise is entitled.
        public let isGranted: Bool
        /// The reason.
        public let reason: String
        /// When it was decided.
        public let decidedAt: Date

        /// A decision.
        public init(isGranted: Bool, reason: String, decidedAt: Date) {
            (self.isGranted, self.reason, self.decidedAt) = (isGranted, reason, decidedAt)
        }
    }

    /// The enterprise's reason for the appeal.
    public let reason: String
    /// The evidence: the SHA-256 hashes of the uploaded files.
    public let evidence: [String]
    /// When it appealed.
    public let appealedAt: Date
    /// The decision; nil while the appeal is pending.
    public var decision: Decision?

    /// An appeal.
    public init(reason: String, evidence: [String], appealedAt: Date, decision: Decision? = nil) {
        (self.reason, self.evidence, self.appealedAt, self.decision) = (reason, evidence, appealedAt, decision)
    }
}
