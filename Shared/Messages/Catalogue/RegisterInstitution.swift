public import Foundation

/// Asks the catalogue to take an institution into a programme as admitted. By an officer.
public struct RegisterInstitution: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("catalogue", "register-institution")

    /// The organisation's id, as its people's tokens name it.
    public let institutionID: UUID
    /// The programme it is admitted to.
    public let programmeID: String
    /// Its name as on its licence.
    public let name: String
    /// Its unified social credit code; refused under QUAN-12 where it is not well formed.
    public let creditCode: String

    /// Registers an institution.
    public init(institutionID: UUID, programmeID: String, name: String, creditCode: String) {
        self.institutionID = institutionID
        self.programmeID = programmeID
        self.name = name
        self.creditCode = creditCode
    }
}
