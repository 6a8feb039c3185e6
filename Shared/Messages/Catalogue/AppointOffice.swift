public import Foundation
public import Kernel

/// Asks the catalogue to make an organisation an office of a programme, as it was the first to act as one. By a service that has seen it act, in a
/// rehearsal whose settings list no offices.
public struct AppointOffice: Command, Hashable {
    /// As it stands in the `ce_type` header.
    public static let type = MessageType("catalogue", "appoint-office")

    /// The programme.
    @Text<CodeText> public private(set) var programmeID: String
    /// The role, by the programme's name: `officer`, `reviewer`.
    @Text<CodeText> public private(set) var role: String
    /// The organisation.
    public let organisation: UUID

    /// Asks for an office.
    public init(programmeID: String, role: String, organisation: UUID) {
        self.programmeID = programmeID
        self.role = role
        self.organisation = organisation
    }
}
