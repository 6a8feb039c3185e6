public import Foundation

/// An enterprise's appeal against a refused entitlement, and what came of it.
public struct EntitlementAppeal: Codable, Sendable, Hashable {
    /// What an officer decided.
    public struct Decision: Codable, Sendable, Hashable {
        /// Whether the enterprise is entitled after all.
        public let isGranted: Bool
        /// Why.
        public let reason: String
        /// When.
        public let decidedAt: Date

        /// A decision.
        public init(isGranted: Bool, reason: String, decidedAt: Date) {
            (self.isGranted, self.reason, self.decidedAt) = (isGranted, reason, decidedAt)
        }
    }

    /// What the enterprise holds to be wrong.
    public let reason: String
    /// The evidence, by the names (SHA-256) of the uploaded files.
    public let evidence: [String]
    /// When it appealed.
    public let appealedAt: Date
    /// What was decided; nil while nothing is.
    public var decision: Decision?

    /// An appeal.
    public init(reason: String, evidence: [String], appealedAt: Date, decision: Decision? = nil) {
        (self.reason, self.evidence, self.appealedAt, self.decision) = (reason, evidence, appealedAt, decision)
    }
}
