public import Foundation

/// An institution as it stands now in a programme. Keyed by its id.
public struct InstitutionChanged: Event, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("catalogue", "institution-changed")

    /// The organisation's id.
    public let institutionID: UUID
    /// The programme.
    public let programmeID: String
    /// Its name as on its licence.
    public let name: String
    /// Its unified social credit code.
    public let creditCode: String
    /// `admitted` or `removed`.
    public let state: String

    /// An institution as it stands.
    public init(institutionID: UUID, programmeID: String, name: String, creditCode: String, state: String) {
        self.institutionID = institutionID
        self.programmeID = programmeID
        self.name = name
        self.creditCode = creditCode
        self.state = state
    }
}
