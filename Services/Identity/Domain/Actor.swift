public import Foundation
public import Kernel

/// Who acts, as far as decisions look at it.
public struct Actor: Sendable, Hashable {
    /// The person, by the identity platform's reference.
    public let person: String
    /// The organisation acted for.
    public let organisation: UUID
    /// The roles, by the programme's names.
    public let roles: Set<String>

    /// Somebody who acts.
    public init(person: String, organisation: UUID, roles: Set<String>) {
        (self.person, self.organisation, self.roles) = (person, organisation, roles)
    }

    /// Refuses (QUAN-10) who acts for another organisation than the one it is about.
    public func mustActFor(_ enterprise: UUID) throws(Refusal) {
        guard organisation == enterprise else {
            throw PlatformRule.notPermitted.refusal(
                LocalisedText(zh: "只能为本单位办理。", en: "It can only be done for the caller's own organisation."))
        }
    }
}
