public import Foundation
public import Kernel

/// Asks identity to have an officer review a refused entitlement. Sent by the enterprise.
public struct AppealEntitlement: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("identity", "appeal-entitlement")

    /// The enterprise.
    public let enterpriseID: UUID
    /// The programme.
    @Text<CodeText> public private(set) var programmeID: String
    /// Why the refusal is wrong.
    @Text<ReasonText> public private(set) var reason: String
    /// The evidence: the SHA-256 hashes of the uploaded files.
    @Texts<CodeText, [String]> public private(set) var evidence: [String]

    /// Appeals a refusal.
    public init(enterpriseID: UUID, programmeID: String, reason: String, evidence: [String] = []) {
        self.enterpriseID = enterpriseID
        self.programmeID = programmeID
        self.reason = reason
        self.evidence = evidence
    }
}

/// Asks identity to decide an appeal. Sent by an officer.
public struct DecideAppeal: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("identity", "decide-appeal")

    /// The enterprise.
    public let enterpriseID: UUID
    /// The programme.
    @Text<CodeText> public private(set) var programmeID: String
    /// Whether the appeal is granted and the enterprise is entitled.
    public let isGranted: Bool
    /// The reason.
    @Text<ReasonText> public private(set) var reason: String

    /// Decides an appeal.
    public init(enterpriseID: UUID, programmeID: String, isGranted: Bool, reason: String) {
        self.enterpriseID = enterpriseID
        self.programmeID = programmeID
        self.isGranted = isGranted
        self.reason = reason
    }
}
