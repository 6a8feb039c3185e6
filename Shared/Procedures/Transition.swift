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
    }

    /// The family after the decision.
    public internal(set) var family: Family
    /// The steps and lapses, in order.
    public internal(set) var changes: [Change] = []
    /// The effects on the ledger, in order.
    public internal(set) var ledger: [LedgerChange] = []
    /// Whether each preference of the steps is met. A preference never refuses; it is told to those who decide.
    public internal(set) var preferences: [String: Bool] = [:]
    /// The fields that are made public.
    public internal(set) var published: [FieldName: FactValue] = [:]

    init(_ family: Family) { self.family = family }
}

/// Why a step is not taken. One decision may name several: those of forms, papers and rules come together, so that a person can correct all
/// of them at once.
public struct StepRefused: Error, Sendable, Hashable {
    /// The refusals, the decisive one first.
    public let refusals: [Refusal]
    /// The deadline that has lapsed; the host takes the lapse before it answers.
    public let lapsed: StepReference?

    init(_ refusals: [Refusal], lapsed: StepReference? = nil) { (self.refusals, self.lapsed) = (refusals, lapsed) }
}
