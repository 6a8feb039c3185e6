public import Foundation
public import Kernel

/// Asks the catalogue to take an institution into a programme as admitted. By an officer.
public struct RegisterInstitution: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("catalogue", "register-institution")

    /// The organisation's id, as its people's tokens name it.
    public let institutionID: UUID
    /// The programme it is admitted to.
    @Text<CodeText> public private(set) var programmeID: String
    /// Its name as on its licence.
    @Text<NameText> public private(set) var name: String
    /// Its unified social credit code; refused under QUAN-12 where it is not well formed.
    @Text<NumberText> public private(set) var creditCode: String

    /// Registers an institution.
    public init(institutionID: UUID, programmeID: String, name: String, creditCode: String) {
        self.institutionID = institutionID
        self.programmeID = programmeID
        self.name = name
        self.creditCode = creditCode
    }
}
