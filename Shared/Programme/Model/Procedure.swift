public import Kernel

/// A state machine: what can be done with an order, an application, a redemption; by whom, until when.
public struct Procedure: Sendable, Hashable {
    /// The name.
    public var id: String
    /// What it is called.
    public var title: LocalisedText
    /// The service that runs it.
    public var owner: String
    /// The states. The start, before the first step, is none of them and is called "start".
    public var states: [ProcedureState]
    /// The steps.
    public var steps: [Step]
    /// The deadlines.
    public var deadlines: [DeadlineRule]

    /// The name of what is before the first step.
    public static let start = "start"
}

/// A state of a procedure.
public struct ProcedureState: Sendable, Hashable {
    /// The name.
    public var id: String
    /// What it is called.
    public var title: LocalisedText
    /// Whether nothing follows it of necessity: the procedure may stay here for ever.
    public var isFinal: Bool
    /// Where it stands in the file.
    public var place: SourcePlace
}

/// A step from one state to another.
public struct Step: Sendable, Hashable {
    /// The name.
    public var id: String
    /// What it is called.
    public var title: LocalisedText
    /// The command that takes it; several steps may share one where their states differ.
    public var command: String
    /// The roles that may.
    public var by: [String]
    /// The states it leads from.
    public var from: [String]
    /// The state it leads to; nil where the state stays.
    public var to: String?
    /// The window it may be taken in.
    public var window: String?
    /// States that other procedures of the same thing must be in, by procedure.
    public var needs: [ProcedureNeed]
    /// What it does to the ledger.
    public var ledger: [LedgerEffect]
    /// What it makes public.
    public var publishes: [String]
    /// Whether a reason must be given.
    public var needsReason: Bool
    /// Whether it may not be taken by who took the step named.
    public var notBySameAs: String?
    /// Where it comes from.
    public var citation: Citation
}

/// States that another procedure of the same thing must be in before a step.
public struct ProcedureNeed: Sendable, Hashable {
    /// The other procedure.
    public var procedure: String
    /// The states it may be in.
    public var states: [String]

    /// A need of another procedure.
    public init(procedure: String, states: [String]) { (self.procedure, self.states) = (procedure, states) }
}

/// What a step or a lapse does to the ledger.
public struct LedgerEffect: Sendable, Hashable {
    /// What is done.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// Reserves, on every cap that is reserved at this step.
        case reserve
        /// The actual amount takes the place of the expected one.
        case restate
        /// What was reserved is used; what is reserved beyond it is released.
        case post
        /// What was reserved is used; what is reserved beyond it is lost, and still counts.
        case postWhole = "post-and-forfeit-rest"
        /// What was reserved is free again.
        case release
        /// What was reserved is lost, and still counts.
        case forfeit
        /// What was used is given back by a transfer the other way.
        case returnFunds = "return"
    }

    /// What is done.
    public var kind: Kind
    /// The caps it is done to; empty for all that hold something.
    public var caps: [String]

    /// An effect on caps.
    public init(_ kind: Kind, caps: [String] = []) { (self.kind, self.caps) = (kind, caps) }
}
