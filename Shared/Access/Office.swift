public import Foundation

/// An office of a programme: the organisation whose people act there in a role, such as the bureau whose people are its officers.
public struct Office: Sendable, Hashable, CustomStringConvertible {
    /// A programme and a role in it.
    public struct Place: Sendable, Hashable, Comparable {
        /// The programme.
        public let programmeID: String
        /// The role, by the programme's name.
        public let role: String

        /// A role in a programme.
        public init(programmeID: String, role: String) { (self.programmeID, self.role) = (programmeID, role) }

        /// The order in which rows are written.
        public static func < (a: Place, b: Place) -> Bool { (a.programmeID, a.role) < (b.programmeID, b.role) }
    }

    /// Which programme and role.
    public let place: Place
    /// The organisation.
    public let organisation: UUID

    /// An office.
    public init(programmeID: String, role: String, organisation: UUID) {
        (place, self.organisation) = (Place(programmeID: programmeID, role: role), organisation)
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

    /// As it is written in the setting.
    public var description: String { "\(place.programmeID)/\(place.role)=\(organisation.uuidString.lowercased())" }

    /// Whether a role belongs to an office. The others are those of the parties, of everybody, and of the platform.
    public static func isRole(_ role: String) -> Bool { !rolesOfNoOffice.contains(role) }

    private static let rolesOfNoOffice: Set<String> = ["enterprise", "institution", "public", "operator", "platform"]
}

/// A text of the setting that names no office.
public struct MalformedOffice: Error, Sendable, CustomStringConvertible {
    let text: String

    /// What is wrong, and how it is written.
    public var description: String {
        "offices: \"\(text.prefix(100))\" is no office; write programme/role=organisation, as in "
            + "beijing-2026/officer=00000000-0000-4000-8000-000000000001"
    }
}
