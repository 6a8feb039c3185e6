public import Foundation
public import Programme

/// Who takes a step.
public struct StepActor: Sendable, Hashable {
    /// The person; nil for the platform.
    public let person: UUID?
    /// The person's organisation; nil for a person without one and for the platform.
    public let organisation: UUID?
    /// The roles.
    public let roles: Set<String>
    /// The division in which an officer is competent; nil if there is none.
    public let division: String?

    /// An actor.
    public init(person: UUID?, organisation: UUID? = nil, roles: Set<String>, division: String? = nil) {
        (self.person, self.organisation, self.roles, self.division) = (person, organisation, roles, division)
    }

    /// The platform itself: it takes the steps that have a cause.
    public static let platform = StepActor(person: nil, roles: [])
}

/// What a person hands in with a step.
public struct StepInput: Sendable, Hashable {
    /// The fields of the step's forms.
    public var fields: Facts
    /// The papers.
    public var papers: [Paper]
    /// The organisations of further parties, by role, at a first step.
    public var parties: [String: UUID]
    /// The cases that a new case refers to, by procedure, at a first step.
    public var refers: [String: UUID]
    /// The reason, where one is needed.
    public var reason: String?
    /// The version of the case that the actor saw; nil if it is not known.
    public var versionSeen: Int64?
    /// The answers to the questions of judged rules, by rule.
    public var judgements: [String: Bool] = [:]
    /// The reasons for which rules are excused, by rule.
    public var excuses: [String: String] = [:]

    /// An input; empty by default.
    public init(
        fields: Facts = Facts(), papers: [Paper] = [], parties: [String: UUID] = [:], refers: [String: UUID] = [:], reason: String? = nil,
        versionSeen: Int64? = nil
    ) {
        (self.fields, self.papers, self.parties, self.refers) = (fields, papers, parties, refers)
        (self.reason, self.versionSeen) = (reason, versionSeen)
    }
}
