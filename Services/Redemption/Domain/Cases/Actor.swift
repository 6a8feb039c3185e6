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

    /// The platform, where an order's contract or a deadline asks for the step. No token makes a person this.
    public static let platform = Actor(roles: [platformRole], organisation: nil, person: nil)

    /// A person who acts for an organisation. The platform's own role is not taken from a token.
    public init(person: String, organisation: UUID, roles: Set<String>) {
        self.init(roles: roles.subtracting([Self.platformRole]), organisation: organisation, person: person)
    }

    private init(roles: Set<String>, organisation: UUID?, person: String?) {
        (self.roles, self.organisation, self.person) = (roles, organisation, person)
    }

    private static let platformRole = "platform"
    private static let publicRole = "public"

    /// Refuses who has the role for a step but stands for another enterprise or institution than the redemption's (QUAN-10).
    ///
    /// A step that the public may take is bound to no party: anybody may object to what is in public notice.
    func mustBeParty(enterprise: UUID, institution: UUID, to step: Step) throws(Refusal) {
        guard !step.by.contains(Self.publicRole) else { return }
        let isParty = roles.intersection(step.by).contains { role in
            switch role {
            case "enterprise": organisation == enterprise
            case "institution": organisation == institution
            default: true
            }
        }
        guard isParty else { throw PlatformRule.notPermitted.refusal(under: step.citation) }
    }
}

extension PlatformRule {
    /// A refusal of the platform's that the programme's clauses ask for.
    func refusal(under citation: Citation, _ detail: LocalisedText? = nil) -> Refusal {
        citation.clauses.reduce(refusal(detail)) { $0.under($1) }
    }
}
