public import Foundation
public import Kernel

/// Asks identity to register an enterprise in a programme, and to judge whether it is entitled. By the enterprise itself.
public struct RegisterEnterprise: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("identity", "register-enterprise")

    /// The organisation's id, as its people's tokens name it.
    public let enterpriseID: UUID
    /// The programme.
    @Text<CodeText> public private(set) var programmeID: String
    /// Its name as on its licence.
    @Text<NameText> public private(set) var name: String
    /// Its unified social credit code; refused under QUAN-12 where it is not well formed.
    @Text<NumberText> public private(set) var creditCode: String
    /// Which kind of beneficiary it is, by the programme's names.
    @Text<CodeText> public private(set) var beneficiary: String
    /// The division it is registered in, six digits.
    @Text<NumberText> public private(set) var registeredDivision: String
    /// Its industry, by the code of GB/T 4754, `C3511` or `I65`.
    @Text<NumberText> public private(set) var industryCode: String
    /// Employees, yearly average.
    public let employees: Int64
    /// Revenue of the last year.
    public let revenueFen: Fen
    /// Assets at the end of the last year.
    public let assetsFen: Fen
    /// Whether it is a legal person of its own.
    public let isLegalPerson: Bool
    /// When it was set up.
    public let establishedOn: CalendarDate
    /// What it declares, by the programme's names.
    @Texts<CodeText, Set<String>> public private(set) var declarations: Set<String>

    /// The version of `catalogue`'s last event of the programme that the sender has been told of; nil where it does not say, or of none.
    public let programmeSeen: Int64?

    /// Registers an enterprise.
    public init(
        enterpriseID: UUID, programmeID: String, name: String, creditCode: String, beneficiary: String = "sme", registeredDivision: String,
        industryCode: String, employees: Int64, revenueFen: Fen, assetsFen: Fen, isLegalPerson: Bool, establishedOn: CalendarDate,
        declarations: Set<String> = [], programmeSeen: Int64? = nil
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
        self.programmeSeen = programmeSeen
    }
}
