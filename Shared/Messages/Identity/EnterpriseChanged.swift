public import Foundation
public import Kernel

/// An enterprise as it stands now in a programme. Keyed by the enterprise's id.
public struct EnterpriseChanged: Event, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("identity", "enterprise-changed")

    /// The organisation's id.
    public let enterpriseID: UUID
    /// The programme.
    public let programmeID: String
    /// The version of the programme it was judged under.
    public let programmeVersion: Int
    /// Its name as on its licence.
    public let name: String
    /// Its unified social credit code.
    public let creditCode: String
    /// Its state, by the names of the programme's procedure `registration`: `entitled`, `refused`, …
    public let state: String
    /// Its size: `micro`, `small`, `medium`, `large`; `not-sized` where the size standard leaves it to a person.
    public let sizeClass: String
    /// Its tier by the programme's names; nil while it is not entitled.
    public let tier: String?
    /// What it may use in a year; nil while it is not entitled.
    public let quotaFen: Fen?
    /// Why it is not entitled; nothing where it is.
    public let refusals: [Refusal]
    /// Its last appeal against that; nil where it made none.
    public let appeal: EntitlementAppeal?

    /// An enterprise as it stands.
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
