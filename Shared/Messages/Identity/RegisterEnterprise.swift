public import Foundation
public import Kernel

/// Asks identity to register an enterprise in a programme and to decide whether it is entitled. Sent by the enterprise.
public struct RegisterEnterprise: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("identity", "register-enterprise")

    /// The organisation's id, as in the tokens of its members.
    public let enterpriseID: UUID
    /// The programme.
    @Text<CodeText> public private(set) var programmeID: String
    /// Its name on the business licence.
    @Text<NameText> public private(set) var name: String
    /// Its unified social credit code; refused under QUAN-12 if malformed.
    @Text<NumberText> public private(set) var creditCode: String
    /// The kind of beneficiary, by its name in the programme.
    @Text<CodeText> public private(set) var beneficiary: String
    /// The administrative division in which it is registered, six digits.
    @Text<NumberText> public private(set) var registeredDivision: String
    /// Its industry by GB/T 4754, for example `C3511` or `I65`.
    @Text<NumberText> public private(set) var industryCode: String
    /// The yearly average number of employees.
    public let employees: Int64
    /// The revenue of the last year.
    public let revenueFen: Fen
    /// The assets at the end of the last year.
    public let assetsFen: Fen
    /// Whether it is an independent legal person.
    public let isLegalPerson: Bool
    /// The date of its establishment.
    public let establishedOn: CalendarDate
    /// The declarations it makes, by their names in the programme.
    @Texts<CodeText, Set<String>> public private(set) var declarations: Set<String>

    /// The version of `catalogue`'s last event of the programme that the sender has seen; nil if the sender does not say or has seen none.
    public let knownProgrammeVersion: Int64?

    /// Registers an enterprise.
    public init(
        enterpriseID: UUID, programmeID: String, name: String, creditCode: String, beneficiary: String = "sme", registeredDivision: String,
        industryCode: String, employees: Int64, revenueFen: Fen, assetsFen: Fen, isLegalPerson: Bool, establishedOn: CalendarDate,
        declarations: Set<String> = [], knownProgrammeVersion: Int64? = nil
    ) {
        self.enterpriseID = enterpriseID
        self.programmeID = programmeID
        self.name = name
        self.creditCode = creditCode
        self.beneficiary = beneficiary
        self.registeredDivision = registeredDivision
        self.industryCode = industryCode
        self.employees = employees
        self.revenueFen = revenueFen
        self.assetsFen = assetsFen
        self.isLegalPerson = isLegalPerson
        self.establishedOn = establishedOn
        self.declarations = declarations
        self.knownProgrammeVersion = knownProgrammeVersion
    }
}
