public import Foundation
import Kernel
import Programme

/// Who takes a step: a person for an organisation, or the platform itself.
public struct Actor: Sendable, Hashable {
    /// The roles, by the programme's names.
    public let roles: Set<String>
    /// The organisation; nil for the platform.
    public let organisation: UUID?
    /// The person, by reference; nil for the platform.
    public let person: String?

    /// The platform, where a service has found something or a deadline has passed. No token makes a person this.
    public static let platform = Actor(roles: [platformRole], organisation: nil, person: nil)

    /// A person who acts for an organisation. The platform's own role is not taken from a token.
    public init(person: String, organisation: UUID, roles: Set<String>) {
        self.init(roles: roles.subtracting([Self.platformRole]), organisation: organisation, person: person)
    }

    private init(roles: Set<String>, organisation: UUID?, person: String?) {
        (self.roles, self.organisation, self.person) = (roles, organisation, person)
    }

    private static let platformRole = "platform"
    static let enterpriseRole = "enterprise"
    static let institutionRole = "institution"

    /// Refuses who may take a step by role, but belongs to neither party that the role stands for (QUAN-10). A role that stands for no party
    /// of an order, the bureau's or an agency's, is bound to none.
    func mustBeParty(enterprise: UUID, institution: UUID, to step: Step) throws(Refusal) {
        let own = roles.intersection(step.by)
        let isParty = own.contains { role in
            switch role {
            case Self.enterpriseRole: organisation == enterprise
            case Self.institutionRole: organisation == institution
            default: true
            }
        }
        guard isParty else { throw step.citation.clauses.reduce(PlatformRule.notPermitted.refusal()) { $0.under($1) } }
    }
}
