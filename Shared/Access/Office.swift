public import Foundation

/// An office of a programme: the organisation whose people act there in a role, such as the bureau whose people are its officers.
public struct Office: Sendable, Hashable, CustomStringConvertible {
    /// A role in a programme: the position that an office holds.
    public struct Position: Sendable, Hashable, Comparable {
        /// The programme.
        public let programmeID: String
        /// The role, by its name in the programme.
        public let role: String

        /// A role in a programme.
        public init(programmeID: String, role: String) { (self.programmeID, self.role) = (programmeID, role) }

        /// The order in which rows are written, so that concurrent writers lock in the same order.
        public static func < (a: Position, b: Position) -> Bool { (a.programmeID, a.role) < (b.programmeID, b.role) }
    }

    /// The programme and role.
    public let position: Position
    /// The organisation.
    public let organisation: UUID

    /// An office.
    public init(programmeID: String, role: String, organisation: UUID) {
        (position, self.organisation) = (Position(programmeID: programmeID, role: role), organisation)
    }

    /// Reads `beijing-2026/officer=00000000-0000-4000-8000-000000000001`. Throws `MalformedOffice` for anything else.
    public init(parsing text: String) throws(MalformedOffice) {
        let sides = text.split(separator: "=", omittingEmptySubsequences: false)
        let names = sides.first?.split(separator: "/", omittingEmptySubsequences: false).map(String.init) ?? []
        guard sides.count == 2, names.count == 2, names.allSatisfy({ (1...64).contains($0.utf8.count) }),
            let organisation = UUID(uuidString: String(sides[1])), Self.isRole(names[1])
        else { throw MalformedOffice(text: text) }
        self.init(programmeID: names[0], role: names[1], organisation: organisation)
    }

    /// The form used in the setting.
    public var description: String { "\(position.programmeID)/\(position.role)=\(organisation.uuidString.lowercased())" }

    /// Whether a role belongs to an office. The other roles are those of the parties, of the public, and of the platform.
    public static func isRole(_ role: String) -> Bool { !rolesOfNoOffice.contains(role) }

    private static let rolesOfNoOffice: Set<String> = ["enterprise", "institution", "public", "operator", "platform"]
}

/// An entry of the setting that does not name an office.
public struct MalformedOffice: Error, Sendable, CustomStringConvertible {
    let text: String

    /// What is wrong, and the expected form.
    public var description: String {
        "offices: \"\(text.prefix(100))\" is not an office; write programme/role=organisation, for example "
            + "beijing-2026/officer=00000000-0000-4000-8000-000000000001"
    }
}
