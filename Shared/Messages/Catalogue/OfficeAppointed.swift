public import Foundation

/// An organisation has become an office of a programme by being the first to act as one, in a rehearsal whose settings list no offices. Keyed by
/// programme and role.
public struct OfficeAppointed: Event, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("catalogue", "office-appointed")

    /// The programme.
    public let programmeID: String
    /// The role, by the programme's name: `officer`, `reviewer`.
    public let role: String
    /// The organisation.
    public let organisation: UUID

    /// An office.
    public init(programmeID: String, role: String, organisation: UUID) {
        (self.programmeID, self.role, self.organisation) = (programmeID, role, organisation)
    }
}
