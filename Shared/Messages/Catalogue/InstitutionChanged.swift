public import Foundation

/// The current state of an institution in a programme. Keyed by the institution's id.
public struct InstitutionChanged: Event, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("catalogue", "institution-changed")

    /// The organisation's id.
    public let institutionID: UUID
    /// The programme.
    public let programmeID: String
    /// Its name on the business licence.
    public let name: String
    /// Its unified social credit code.
    public let creditCode: String
    /// `admitted` or `removed`.
    public let state: String

    /// The state of an institution.
    public init(institutionID: UUID, programmeID: String, name: String, creditCode: String, state: String) {
        self.institutionID = institutionID
        self.programmeID = programmeID
        self.name = name
        self.creditCode = creditCode
        self.state = state
    }
}
