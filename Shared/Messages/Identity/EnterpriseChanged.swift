public import Foundation
public import Kernel

/// The current state of an enterprise in a programme. Keyed by the enterprise's id.
public struct EnterpriseChanged: Event, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("identity", "enterprise-changed")

    /// The organisation's id.
    public let enterpriseID: UUID
    /// The programme.
    public let programmeID: String
    /// The version of the programme under which its entitlement was decided.
    public let programmeVersion: Int
    /// Its name on the business licence.
    public let name: String
    /// Its unified social credit code.
    public let creditCode: String
    /// The state, by its name in the programme's procedure `registration`: `entitled`, `refused`, …
    public let state: String
    /// The size: `micro`, `small`, `medium`, `large`; `not-sized` if the size standard leaves the decision to a person.
    public let sizeClass: String
    /// The tier, by its name in the programme; nil while it is not entitled.
    public let tier: String?
    /// The yearly quota; nil while it is not entitled.
    public let quotaFen: Fen?
    /// The reasons why it is not entitled; empty if it is.
    public let refusals: [Refusal]
    /// The last appeal against a refusal; nil if there is none.
    public let appeal: EntitlementAppeal?

    /// The state of an enterprise.
    public init(
        enterpriseID: UUID, programmeID: String, programmeVersion: Int, name: String, creditCode: String, state: String,
        sizeClass: String, tier: String?, quotaFen: Fen?, refusals: [Refusal] = [], appeal: EntitlementAppeal? = nil
    ) {
        self.enterpriseID = enterpriseID
        self.programmeID = programmeID
        self.programmeVersion = programmeVersion
        self.name = name
        self.creditCode = creditCode
        self.state = state
        self.sizeClass = sizeClass
        self.tier = tier
        self.quotaFen = quotaFen
        self.refusals = refusals
        self.appeal = appeal
    }
}
