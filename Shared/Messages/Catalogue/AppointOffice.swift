public import Foundation
public import Kernel

/// Asks the catalogue to appoint an organisation as an office of a programme, because it was the first to act in that role. Sent by the
/// service that handled the action, only in a rehearsal whose settings list no offices.
public struct AppointOffice: Command, Hashable {
    /// The type name in the `ce_type` header.
    public static let type = MessageType("catalogue", "appoint-office")

    /// The programme.
    @Text<CodeText> public private(set) var programmeID: String
    /// The role, by its name in the programme: `officer`, `reviewer`.
    @Text<CodeText> public private(set) var role: String
    /// The organisation.
    public let organisation: UUID

    /// Appoints an office.
    public init(programmeID: String, role: String, organisation: UUID) {
        self.programmeID = programmeID
        self.role = role
        self.organisation = organisation
    }
}
