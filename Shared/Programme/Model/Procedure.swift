public import Kernel

/// A state machine of an order, application or redemption, with roles and deadlines.
public struct Procedure: Sendable, Hashable {
    /// The name.
    public var id: String
    /// The title.
    public var title: LocalisedText
    /// The service that runs it.
    public var owner: String
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
    /// What it publishes.
    public var publishes: [String]
    /// Whether a reason is required.
    public var needsReason: Bool
    /// The step whose actor may not take this one; nil if there is none.
    public var notBySameAs: String?
    /// The cited clauses.
    public var citation: Citation
}

/// The required states of another procedure of the same case before a step.
public struct ProcedureNeed: Sendable, Hashable {
    /// The other procedure.
    public var procedure: String
    /// The allowed states.
    public var states: [String]

    /// A need of another procedure.
    public init(procedure: String, states: [String]) { (self.procedure, self.states) = (procedure, states) }
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

    /// An effect on caps.
    public init(_ kind: Kind, caps: [String] = []) { (self.kind, self.caps) = (kind, caps) }
}
