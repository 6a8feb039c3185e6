public import Foundation

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

    /// Somebody who acts.
    public init(person: String, organisation: UUID, roles: Set<String>) {
        self.person = person
        self.organisation = organisation
        self.roles = roles
    }
}
