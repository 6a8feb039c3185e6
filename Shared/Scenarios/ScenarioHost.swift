import Foundation
import Kernel
import Procedures
import Programme
import QuotaLedger

/// Where a scenario is played: one host in memory that keeps everything, or several that exchange messages.
protocol ScenarioHost: Sendable {
    var now: Date { get }
    var ledger: Ledger { get }
    var programme: Programme { get }
    var notices: [MemoryPlatform.Notice] { get }
    func subject(_ id: UUID) -> ProcedureCase?
    func cases(of procedure: String) -> [ProcedureCase]
    func known(about id: UUID) -> Facts
    func running(_ id: UUID) -> [(rule: DeadlineRule, at: Date)]
    func steps(of id: UUID, for actor: StepActor) -> [Step]
    func isVisible(_ subject: ProcedureCase, to actor: StepActor) -> Bool
    func lastChange(of id: UUID) -> Transition.Change?
    func registered(_ organisation: UUID, as role: String) -> Facts
    mutating func register(_ organisation: UUID, as role: String, _ facts: Facts)
    mutating func take(
        _ step: StepReference, on id: UUID, parent: UUID?, _ input: StepInput, by actor: StepActor
    ) throws(StepRefused) -> Transition
    mutating func answer(_ answer: String, to id: UUID, _ input: StepInput) throws(StepRefused) -> Transition
    mutating func announce(window: String, opens: CalendarDate?, closes: CalendarDate?) throws(StepRefused)
    mutating func advance(to instant: Date)
}

extension MemoryHost: ScenarioHost {}

extension MemoryPlatform: ScenarioHost {
    mutating func take(
        _ step: StepReference, on id: UUID, parent: UUID?, _ input: StepInput, by actor: StepActor
    ) throws(StepRefused) -> Transition {
        try result(of: send(step, on: id, parent: parent, input, by: actor))
    }

    mutating func answer(_ answer: String, to id: UUID, _ input: StepInput) throws(StepRefused) -> Transition {
        try result(of: send(answer: answer, to: id, input))
    }
}
