public import Foundation
public import Kernel
public import Programme
public import QuotaLedger

/// Runs a programme's procedures in memory in one host that keeps all cases and the ledger, and takes one step after the other.
public struct MemoryHost: Sendable {
    private var platform: MemoryPlatform

    /// A host without cases.
    public init(_ programme: Programme, at now: Date) { platform = MemoryPlatform(together: programme, at: now) }

    /// The programme.
    public var programme: Programme { platform.programme }
    /// The families, by root.
    public var families: [UUID: Family] { platform.families() }
    /// The ledger.
    public var ledger: Ledger { platform.ledger }
    /// All changes, in order.
    public var history: [Transition.Change] { platform.history() }
    /// The reminders so far, in order.
    public var notices: [MemoryPlatform.Notice] { platform.notices }
    /// The current instant.
    public var now: Date { platform.now }

    /// The case of that id.
    public func subject(_ id: UUID) -> ProcedureCase? { platform.subject(id) }
    /// The cases of a procedure.
    public func cases(of procedure: String) -> [ProcedureCase] { platform.cases(of: procedure) }
    /// The facts that rules may ask about a case.
    public func known(about id: UUID) -> Facts { platform.known(about: id) }
    /// The deadlines that run for a case, the earliest first.
    public func running(_ id: UUID) -> [(rule: DeadlineRule, at: Date)] { platform.running(id) }
    /// The steps that an actor may take on a case now.
    public func steps(of id: UUID, for actor: StepActor) -> [Step] { platform.steps(of: id, for: actor) }
    /// Whether an actor may see a case.
    public func isVisible(_ subject: ProcedureCase, to actor: StepActor) -> Bool { platform.isVisible(subject, to: actor) }
    /// The last step or lapse of a case.
    public func lastChange(of id: UUID) -> Transition.Change? { platform.lastChange(of: id) }
    /// What registers say of an organisation.
    public func registered(_ organisation: UUID, as role: String) -> Facts { platform.registered(organisation, as: role) }

    /// Takes a step. Where a deadline has lapsed, the lapse is taken and the step is refused.
    @discardableResult
    public mutating func take(
        _ step: StepReference, on id: UUID, parent: UUID? = nil, _ input: StepInput = StepInput(), by actor: StepActor
    ) throws(StepRefused) -> Transition {
        try platform.result(of: platform.send(step, on: id, parent: parent, input, by: actor))
    }

    /// Gives the answer of a typed service.
    @discardableResult
    public mutating func answer(_ answer: String, to id: UUID, _ input: StepInput = StepInput()) throws(StepRefused) -> Transition {
        try platform.result(of: platform.send(answer: answer, to: id, input))
    }

    /// Changes what registers say of an organisation.
    public mutating func register(_ organisation: UUID, as role: String, _ facts: Facts) {
        platform.register(organisation, as: role, facts)
    }

    /// Announces the first or last day of a window.
    public mutating func announce(window: String, opens: CalendarDate? = nil, closes: CalendarDate? = nil) throws(StepRefused) {
        try platform.announce(window: window, opens: opens, closes: closes)
    }

    /// Advances the clock, and takes every lapse and every step that waits for a window at its own instant.
    public mutating func advance(to instant: Date) { platform.advance(to: instant) }

    /// Publishes a later version of the programme.
    public mutating func publish(_ programme: Programme) { platform.publish(programme) }
}
