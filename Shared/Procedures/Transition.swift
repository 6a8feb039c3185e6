public import Foundation
public import Kernel
public import Programme

/// What a decision changes: the cases, and the effects in the order in which they happen.
public struct Transition: Sendable, Hashable {
    /// A step or lapse that was taken.
    public struct Change: Sendable, Hashable {
        /// The case.
        public let id: UUID
        /// The step, or the deadline of a lapse.
        public let reference: StepReference
        /// Whether it is a lapse.
        public let isLapse: Bool
        /// The state before and after.
        public let from: String
        /// The state after.
        public let to: String
        /// The refusals because of which this step was taken in place of another (`otherwise`).
        public let insteadOf: [Refusal]
    }

    /// An effect on the ledger.
    public struct LedgerChange: Sendable, Hashable {
        /// The case whose holds it changes.
        public let id: UUID
        /// The effect.
        public let effect: LedgerEffect
        /// The step or deadline.
        public let reference: StepReference
        /// The amount that it concerns; nil for all that is reserved.
        public let amount: Fen?
    }

    /// The family after the decision.
    public internal(set) var family: Family
    /// The steps and lapses, in order.
    public internal(set) var changes: [Change] = []
    /// The effects on the ledger, in order.
    public internal(set) var ledger: [LedgerChange] = []
    /// The work of groups that begins with this decision.
    public internal(set) var groups: [GroupPlan] = []
    /// What other hosts must do. If one of them can be refused, nothing of the transition counts before it is granted.
    public internal(set) var asks: [Ask] = []
    /// Whether each preference of the steps is met. A preference never refuses; it is told to those who decide.
    public internal(set) var preferences: [String: Bool] = [:]
    /// The fields that are made public.
    public internal(set) var published: [FieldName: FactValue] = [:]

    init(_ family: Family) { self.family = family }
}

/// The members of a group in their order, frozen when the group's step is taken. They are worked off one after the other, each in a decision of
/// its own, so that a stop in between loses nothing.
public struct GroupPlan: Sendable, Hashable, Codable {
    /// The group.
    public let group: UUID
    /// The group's step.
    public let step: StepReference
    /// The members that are left, the next one first.
    public internal(set) var members: [UUID]
    /// The step that all members that are left take without being tried; nil if they are tried.
    public internal(set) var rest: String?
}

/// Why a step is not taken. One decision may name several: those of forms, papers and rules come together, so that a person can correct all
/// of them at once.
public struct StepRefused: Error, Sendable, Hashable {
    /// The refusals, the decisive one first.
    public let refusals: [Refusal]
    /// The deadline that has lapsed; the host takes the lapse before it answers.
    public let lapsed: StepReference?

    /// The command has no outcome, because a host never answered.
    static let unanswered = StepRefused([PlatformRule.stateDoesNotAllow.refusal().comparing("busy", "unanswered", .code)])

    init(_ refusals: [Refusal], lapsed: StepReference? = nil) { (self.refusals, self.lapsed) = (refusals, lapsed) }
}
