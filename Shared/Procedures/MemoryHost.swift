public import Foundation
import Kernel
public import Programme

/// Runs a programme's procedures in memory: it keeps cases and ledger, takes steps and lapses, and has a clock of its own.
public struct MemoryHost: Sendable {
    /// The engine.
    public let engine: ProcedureEngine
    /// The families, by root.
    public private(set) var families: [UUID: Family] = [:]
    /// The ledger.
    public private(set) var ledger: MemoryLedger
    /// What registers say.
    public var facts = Facts()
    /// The announcements so far.
    public var announcements = Announcements()
    /// The current instant.
    public private(set) var now: Date
    /// All changes, in order.
    public private(set) var history: [Transition.Change] = []

    /// A host without cases.
    public init(_ programme: Programme, at now: Date, amounts: [String: FieldName] = [:]) {
        (engine, self.now, ledger) = (ProcedureEngine(programme), now, MemoryLedger(amounts: amounts))
    }

    /// The case of that id.
    public func subject(_ id: UUID) -> ProcedureCase? { families.values.lazy.compactMap { $0[id] }.first }

    /// The cases of a procedure, in the order of their ids.
    public func cases(of procedure: String) -> [ProcedureCase] {
        families.values.flatMap { $0.cases(of: procedure) }.sorted { $0.id.uuidString < $1.id.uuidString }
    }

    /// Takes a step. Where a deadline has lapsed, the lapse is taken and the step is refused.
    @discardableResult
    public mutating func take(
        _ step: StepReference, on id: UUID, parent: UUID? = nil, _ input: StepInput = StepInput(), by actor: StepActor
    ) throws(StepRefused) -> Transition {
        let family = family(of: parent ?? id)
        do throws(StepRefused) {
            let transition = try engine.take(
                step, on: id, parent: parent, input, by: actor, in: family, facts: facts, circumstances, ledger: &ledger)
            keep(transition)
            return transition
        } catch {
            if error.lapsed != nil { try lapse(id) }
            throw error
        }
    }

    /// Gives the answer of a typed service.
    @discardableResult
    public mutating func answer(_ answer: String, to id: UUID) throws(StepRefused) -> Transition {
        let transition = try engine.answer(answer, to: id, in: family(of: id), facts: facts, circumstances, ledger: &ledger)
        keep(transition)
        return transition
    }

    /// Advances the clock, and takes every lapse at its own instant, in the order in which they are due.
    public mutating func advance(to instant: Date) throws(StepRefused) {
        while let next = nextLapse(), next.at <= instant {
            now = max(now, next.at)
            try lapse(next.id)
        }
        now = max(now, instant)
    }

    private var circumstances: Circumstances { Circumstances(now: now, announcements: announcements) }

    private func family(of id: UUID) -> Family { families.values.first { $0[id] != nil } ?? Family() }

    private mutating func lapse(_ id: UUID) throws(StepRefused) {
        guard let transition = try engine.lapse(id, in: family(of: id), facts: facts, circumstances, ledger: &ledger) else { return }
        keep(transition)
    }

    private func nextLapse() -> (id: UUID, at: Date)? {
        families.values.flatMap(\.cases).compactMap { subject in
            engine.nextLapse(of: subject, circumstances).map { (id: subject.id, at: $0.at) }
        }.min { ($0.at, $0.id.uuidString) < ($1.at, $1.id.uuidString) }
    }

    private mutating func keep(_ transition: Transition) {
        history += transition.changes
        guard let root = transition.family.cases.first?.root else { return }
        families[root] = transition.family
    }
}
