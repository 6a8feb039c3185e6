public import Foundation
import Kernel

/// The acting person, on behalf of an organisation, with the roles that the token names.
public struct Principal: Sendable, Hashable, Codable {
    /// The person, by the identity platform's reference. Never a name or the number of an identity document.
    public let person: String
    /// The organisation that the person acts for. For an enterprise or institution, its id.
    public let organisation: UUID
    /// The roles, by their names in the programme: `enterprise`, `institution`, `reviewer`, `officer`; and the platform's own, `operator`.
    public let roles: Set<String>

    /// Roles of the platform itself. They are removed from every token.
    public static let reservedRoles: Set<String> = ["platform"]

    /// The maximum number of roles in one token.
    public static let maximumRoles = 20

    /// Whether a text is a valid role name.
    public static func isRole(_ name: String) -> Bool { CodeText.fault(in: name) == nil }

    /// Whether the person's reference and the roles are well formed. References are compared exactly, so one with whitespace or invisible
    /// characters, which only looks like another, is rejected.
    public var isWellFormed: Bool {
        PersonText.fault(in: person) == nil && !person.unicodeScalars.contains { $0.properties.generalCategory == .format }
            && roles.count <= Self.maximumRoles && roles.allSatisfy(Self.isRole)
    }

    /// A principal.
    public init(person: String, organisation: UUID, roles: Set<String>) {
        self.person = person
        self.organisation = organisation
        self.roles = roles
    }
}
