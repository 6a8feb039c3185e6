public import Foundation
public import Kernel
public import Messages

/// An enterprise in a programme: what it said of itself, and what came of it.
public struct Registration: Sendable, Hashable {
    /// The organisation's id.
    public let enterpriseID: UUID
    /// The programme.
    public let programmeID: String
    /// The version it was judged under.
    public var programmeVersion: Int
    /// What it said of itself.
    public var particulars: Particulars
    /// Its state, by the names of the programme's procedure `registration`.
    public var state: String
    /// Its tier by the programme's names; nil while it is not entitled.
    public var tier: String?
    /// What it may use in a year; nil while it is not entitled.
    public var quotaFen: Fen?
    /// Why it is not entitled; nothing where it is.
    public var refusals: [Refusal]
    /// Its last appeal; nil where it made none.
    public var appeal: EntitlementAppeal?

    /// A registration as it stands.
    public init(
        enterpriseID: UUID, programmeID: String, programmeVersion: Int, particulars: Particulars, state: String, tier: String? = nil,
        quotaFen: Fen? = nil, refusals: [Refusal] = [], appeal: EntitlementAppeal? = nil
    ) {
        (self.enterpriseID, self.programmeID, self.programmeVersion) = (enterpriseID, programmeID, programmeVersion)
        (self.particulars, self.state, self.tier, self.quotaFen) = (particulars, state, tier, quotaFen)
        (self.refusals, self.appeal) = (refusals, appeal)
    }

    /// What all other services may know of it.
    public var snapshot: EnterpriseChanged {
        EnterpriseChanged(
            enterpriseID: enterpriseID, programmeID: programmeID, programmeVersion: programmeVersion, name: particulars.name,
            creditCode: particulars.creditCode.text, state: state, sizeClass: particulars.sizeClass?.rawValue ?? Self.notSized, tier: tier,
            quotaFen: quotaFen, refusals: refusals, appeal: appeal)
    }

    /// The size class of what the standard does not cover, or leaves to a person.
    public static let notSized = "not-sized"
}
