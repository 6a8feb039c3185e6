public import Foundation
import Kernel

/// Who acts: a person for an organisation, in the roles the token names.
public struct Principal: Sendable, Hashable, Codable {
    /// The person, by the identity platform's reference. Never a name or a number of a document.
    public let person: String
    /// The organisation the person acts for; an enterprise's or an institution's id where it is one.
    public let organisation: UUID
    /// The roles, by the programme's names: `enterprise`, `institution`, `reviewer`, `officer`; and the platform's own, `operator`.
    public let roles: Set<String>

    /// Roles that are the platform's own doing: no token gives them to a person, whatever it says.
    public static let reservedRoles: Set<String> = ["platform"]

    /// The most roles that one token names.
    public static let rolesAtMost = 20

    /// Whether a text can be the name of a role.
    public static func isRole(_ name: String) -> Bool { CodeText.fault(in: name) == nil }

    /// Whether the reference and the roles are such as an identity provider gives. Persons are compared by the reference as it stands, so one
    /// that only looks like another, for a blank or a sign nobody sees, is none.
    public var isUsual: Bool {
        PersonText.fault(in: person) == nil && !person.unicodeScalars.contains { $0.properties.generalCategory == .format }
            && roles.count <= Self.rolesAtMost && roles.allSatisfy(Self.isRole)
    }

    /// Somebody who acts.
    public init(person: String, organisation: UUID, roles: Set<String>) {
        self.person = person
        self.organisation = organisation
        self.roles = roles
    }
}
