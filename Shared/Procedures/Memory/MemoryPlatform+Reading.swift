public import Foundation
public import Programme

extension MemoryPlatform {
    /// The facts that rules may ask about a case, as its host knows them.
    public func known(about id: UUID) -> Facts {
        guard let node = node(of: id), let subject = node.subject(id) else { return Facts() }
        return node.engine.known(about: subject, in: node.family(of: id), related: node, node.circumstances(now))
    }

    /// The deadlines that run for a case, the earliest first.
    public func running(_ id: UUID) -> [(rule: DeadlineRule, at: Date)] {
        guard let node = node(of: id), let subject = node.subject(id) else { return [] }
        return node.engine.running(subject, in: node.family(of: id), related: node, node.circumstances(now))
    }

    /// The steps that an actor may take on a case now.
    public func steps(of id: UUID, for actor: StepActor) -> [Step] {
        guard let node = node(of: id), let subject = node.subject(id) else { return [] }
        return node.engine.steps(subject, for: actor, in: node.family(of: id), related: node, node.circumstances(now))
    }

    /// Whether an actor may see a case.
    public func isVisible(_ subject: ProcedureCase, to actor: StepActor) -> Bool { engine.isVisible(subject, to: actor) }

    /// The last step or lapse of a case.
    public func lastChange(of id: UUID) -> Transition.Change? { node(of: id)?.history.last { $0.id == id } }

    /// What registers say of an organisation.
    public func registered(_ organisation: UUID, as role: String) -> Facts {
        nodes[ledgerOwner]?.register(of: organisation, as: role) ?? Facts()
    }
}
