public import Foundation

/// Who takes a step: a person in roles, for an organisation; or the platform itself.
public struct Actor: Sendable, Hashable {
    /// The person, by the identity platform's reference.
    public let person: String
    /// The organisation the person acts for; nil for the platform.
    public let organisation: UUID?
    /// The roles, by the programme's names.
    public let roles: Set<String>

    /// Somebody who acts.
    public init(person: String, organisation: UUID?, roles: Set<String>) {
        self.person = person
        self.organisation = organisation
        self.roles = roles
    }

    /// The platform: what follows of itself, and what the bank says.
    public static let platform = Actor(person: "platform", organisation: nil, roles: ["platform"])
}
