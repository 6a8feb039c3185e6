public import Foundation
public import Kernel

/// An organisation became an office of a programme because it was the first to act in that role. Only in a rehearsal whose settings list no
/// offices. Keyed by programme and role.
public struct OfficeAppointed: Event, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("catalogue", "office-appointed")

    /// The programme.
    @Text<CodeText> public private(set) var programmeID: String
    /// The role, by its name in the programme: `officer`, `reviewer`.
    @Text<CodeText> public private(set) var role: String
    /// The organisation.
    public let organisation: UUID

    /// An office.
    public init(programmeID: String, role: String, organisation: UUID) {
        self.programmeID = programmeID
        self.role = role
        self.organisation = organisation
    }
}
