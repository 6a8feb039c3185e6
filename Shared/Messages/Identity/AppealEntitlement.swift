public import Foundation
public import Kernel

/// Asks identity to have an officer look at a refused entitlement again. By the enterprise.
public struct AppealEntitlement: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("identity", "appeal-entitlement")

    /// The enterprise.
    public let enterpriseID: UUID
    /// The programme.
    @Text<CodeText> public private(set) var programmeID: String
    /// What is wrong with the refusal.
    @Text<ReasonText> public private(set) var reason: String
    /// The evidence, by the names (SHA-256) of the uploaded files.
    @Texts<CodeText, [String]> public private(set) var evidence: [String]

    /// Appeals.
    public init(enterpriseID: UUID, programmeID: String, reason: String, evidence: [String] = []) {
        self.enterpriseID = enterpriseID
        self.programmeID = programmeID
        self.reason = reason
        self.evidence = evidence
    }
}

/// Asks identity to decide an appeal. By an officer.
public struct DecideAppeal: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("identity", "decide-appeal")

    /// The enterprise.
    public let enterpriseID: UUID
    /// The programme.
    @Text<CodeText> public private(set) var programmeID: String
    /// Whether it is entitled after all.
    public let isGranted: Bool
    /// Why.
    @Text<ReasonText> public private(set) var reason: String

    /// Decides an appeal.
    public init(enterpriseID: UUID, programmeID: String, isGranted: Bool, reason: String) {
        self.enterpriseID = enterpriseID
        self.programmeID = programmeID
        self.isGranted = isGranted
        self.reason = reason
    }
}
