public import Foundation
public import Kernel

/// Asks the catalogue to admit an institution to a programme. Sent by an officer.
public struct RegisterInstitution: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("catalogue", "register-institution")

    /// The organisation's id, as in the tokens of its members.
    public let institutionID: UUID
    /// The programme it is admitted to.
    @Text<CodeText> public private(set) var programmeID: String
    /// Its name on the business licence.
    @Text<NameText> public private(set) var name: String
    /// Its unified social credit code; refused under QUAN-12 if malformed.
    @Text<NumberText> public private(set) var creditCode: String

    /// Registers an institution.
    public init(institutionID: UUID, programmeID: String, name: String, creditCode: String) {
        self.institutionID = institutionID
        self.programmeID = programmeID
        self.name = name
        self.creditCode = creditCode
    }
}
