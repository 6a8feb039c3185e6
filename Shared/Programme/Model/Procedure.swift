public import Kernel

/// A state machine of an order, application or redemption, with roles and deadlines.
public struct Procedure: Sendable, Hashable {
    /// The name.
    public var id: String
    /// The title.
    public var title: LocalisedText
    /// The service that runs it.
    public var owner: String
    /// The procedure of the parent case; nil for a procedure whose cases have no parent.
    public var of: String?
    /// Whether everybody may see its cases, like the products of a catalogue.
    public var isPublic: Bool
    /// The maximum number of cases of one parent; nil for no maximum.
    public var mostPerParent: Int?
    /// The procedures of which a new case names one case each, "product"; their parties and fields are known to it.
    public var refers: [String]
    /// The fields that are copied when a case begins, by the name under which they are kept.
    public var keeps: [FieldName: FieldName]
    /// The field with the amount that a case reserves or uses; nil for a procedure without money.
    public var amount: FieldName?
    /// The states, without the initial state "start".
    public var states: [ProcedureState]
    /// The steps.
    public var steps: [Step]
    /// The deadlines.
    public var deadlines: [DeadlineRule]

    /// The name of the initial state.
    public static let start = "start"
}

/// A state of a procedure.
public struct ProcedureState: Sendable, Hashable {
    /// The name.
    public var id: String
    /// The title.
    public var title: LocalisedText
    /// Whether the procedure may stay in this state permanently.
    public var isFinal: Bool
    /// Its position in the file.
    public var place: SourcePlace
}

/// A step from one state to another.
public struct Step: Sendable, Hashable {
    /// The name.
    public var id: String
    /// The title.
    public var title: LocalisedText
    /// The command that takes it; several steps with different states may share one.
    public var command: String
    /// The roles that may take it.
    public var by: [String]
    /// The states from which it is possible.
    public var from: [String]
    /// The resulting state; nil if the state does not change.
    public var to: String?
    /// The window in which it may be taken.
    public var window: String?
    /// Required states of other procedures of the same case.
    public var needs: [ProcedureNeed]
    /// The effects on the ledger.
    public var ledger: [LedgerEffect]
    /// What it does with the members of a group; nil for a step of a single case.
    public var each: GroupWork?
    /// The computations that the step needs, in order.
    public var uses: [Capability]
    /// What it publishes.
    public var publishes: [String]
    /// Whether a reason is required.
    public var needsReason: Bool
    /// The step whose actor may not take this one; nil if there is none.
    public var notBySameAs: String?
    /// Why the platform takes it; nil for a step that only people take.
    public var cause: StepCause?
    /// The step that is taken where a rule, a cap or the window refuses this one; nil if there is none.
    public var otherwise: String?
    /// The steps of other procedures of the family that are taken in the same decision.
    public var also: [StepReference]
    /// The cited clauses.
    public var citation: Citation
}

/// Why the platform takes a step.
public enum StepCause: Sendable, Hashable {
    /// Cases have reached these states, and windows are open or closed.
    case needs([ProcedureNeed], windows: [WindowNeed])
    /// A typed service gives this answer, "bank.confirmed".
    case answer(String)
    /// The other step of the same procedure is taken; both in one decision.
    case after(String)
    /// A step or a lapse of another procedure is taken that names this one under `also`; both in one decision.
    case also(StepReference)
    /// The step of a group is taken to which the case belongs.
    case each(StepReference)
}

/// A window that must be open, or must have closed, before the platform takes a step.
public struct WindowNeed: Sendable, Hashable {
    /// The window.
    public var window: String
    /// Whether it must be open; otherwise it must have closed.
    public var isOpen: Bool

    /// A need of a window.
    public init(window: String, isOpen: Bool) { (self.window, self.isOpen) = (window, isOpen) }
}

/// The required states of other cases of the family before a step.
public struct ProcedureNeed: Sendable, Hashable {
    /// Whether a case must be in a state now or must have been in it.
    public enum Tense: Sendable, Hashable {
        /// The case is in one of the states.
        case present
        /// The case has entered one of the states; if a step is named, not before the needing case last took that step.
        case reached(since: String?)
    }

    /// How many cases of the other procedure must meet the need.
    public enum Quantity: Sendable, Hashable {
        /// At least one.
        case one
        /// All, and at least so many.
        case every(least: Int)
        /// None.
        case none
    }

    /// The other procedure.
    public var procedure: String
    /// The states; a procedure without a case is at "start".
    public var states: [String]
    /// Whether now or ever.
    public var tense: Tense
    /// How many cases.
    public var quantity: Quantity

    /// A need of another procedure.
    public init(procedure: String, states: [String], tense: Tense = .present, quantity: Quantity = .one) {
        (self.procedure, self.states, self.tense, self.quantity) = (procedure, states, tense, quantity)
    }
}

/// An effect of a step or lapse on the ledger.
public struct LedgerEffect: Sendable, Hashable {
    /// The kind of effect.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// Reserves on every cap of this step.
        case reserve
        /// Replaces the expected amount by the actual amount.
        case restate
        /// Posts the reservation; an unused rest is released.
        case post
        /// Posts the reservation; an unused rest is forfeited and still counts.
        case postWhole = "post-and-forfeit-rest"
        /// Releases the reservation.
        case release
        /// Forfeits the reservation, which still counts.
        case forfeit
        /// Returns a posted amount by a reverse transfer.
        case returnFunds = "return"
    }

    /// The kind of effect.
    public var kind: Kind
    /// The caps concerned; empty for all with a reservation.
    public var caps: [String]
    /// The field with the amount; nil for the amount of the procedure.
    public var amount: FieldName?

    /// An effect on caps.
    public init(_ kind: Kind, caps: [String] = [], amount: FieldName? = nil) { (self.kind, self.caps, self.amount) = (kind, caps, amount) }
}
