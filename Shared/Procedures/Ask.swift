public import Foundation
public import Kernel
public import Programme

/// The host that an engine decides for: it keeps the cases of some procedures, and others keep the rest and the ledger.
public struct HostPlace: Sendable, Hashable {
    /// The owner of the procedures whose cases it keeps.
    public let owner: String
    /// The host that keeps the quota ledger.
    public let ledgerOwner: String

    /// A place among hosts.
    public init(owner: String, ledgerOwner: String) { (self.owner, self.ledgerOwner) = (owner, ledgerOwner) }
}

/// What a host asks another to do in the other's decision, together with a step or lapse of its own.
public struct Ask: Sendable, Hashable, Codable {
    /// A part of it.
    public enum Work: Sendable, Hashable, Codable {
        /// Takes a step of an ancestor, because the origin names it under `also`.
        case step(StepReference, origin: StepReference)
        /// Changes the ledger, for a step or lapse of the asking case.
        case ledger(kind: LedgerEffect.Kind, caps: [String], reference: StepReference, amount: Fen?)
    }

    /// The id. It follows from the asking case and the number, so that the same decision made twice asks once.
    public let id: UUID
    /// The asking case.
    public let asker: UUID
    /// The root of the family.
    public let root: UUID
    /// The asking host.
    public let from: String
    /// The host that is asked.
    public let to: String
    /// The parts, in order. All are done, or none.
    public internal(set) var work: [Work]
    /// The facts that the asking step knows.
    public let facts: Facts
    /// The parties of the asking case.
    public let parties: [String: UUID]
    /// The cases that the asking case refers to.
    public let refers: [String: UUID]
    /// The instant of the asking decision. The other host decides at that instant.
    public let at: Date

    /// Whether it can be refused. What gives back or forfeits a reservation cannot, and is not waited for.
    public var isRefusable: Bool {
        work.contains { part in
            switch part {
            case .step: true
            case .ledger(let kind, _, _, _): kind != .release && kind != .forfeit && kind != .returnFunds
            }
        }
    }
}

extension Decision {
    /// Whether this host keeps the cases of a procedure.
    func isOwn(_ procedure: String) -> Bool {
        guard let place else { return true }
        return compiled.procedure(procedure)?.owner == place.owner
    }

    /// Whether another host keeps the ledger; nil if this one does.
    var foreignLedger: String? {
        guard let place, place.ledgerOwner != place.owner else { return nil }
        return place.ledgerOwner
    }

    /// Adds one piece of work to the ask for another host.
    mutating func ask(_ host: String, _ work: Ask.Work, for subject: ProcedureCase, _ known: Facts) {
        guard let place else { return }
        if let index = transition.asks.firstIndex(where: { $0.to == host && $0.asker == subject.id }) {
            transition.asks[index].work.append(work)
            return
        }
        transition.asks.append(
            Ask(
                id: UUIDv5.make(namespace: subject.id, parts: [host, "\(subject.version)"]), asker: subject.id, root: subject.root,
                from: place.owner, to: host, work: [work], facts: known, parties: subject.parties, refers: subject.refers,
                at: circumstances.now))
    }
}

extension ProcedureEngine {
    /// Decides what another host asks: all of it, or the first refusal. The family holds this host's cases and copies of the others'.
    public func grant(
        _ ask: Ask, in family: Family, related: some RelatedCases, _ circumstances: Circumstances, ledger: inout some ProcedureLedger
    ) throws(StepRefused) -> Transition {
        var decision = Decision(versions, family, related, circumstances, ledger, place)
        decision.origin = ask.facts
        for part in ask.work {
            switch part {
            case .step(let link, let origin): try decision.takeAsked(link, origin, ask)
            case .ledger(let kind, let caps, let reference, let amount):
                try decision.changeLedger(LedgerEffect(kind, caps: caps), reference, amount, ask)
            }
        }
        try decision.takeNeeded()
        ledger = decision.ledger
        return decision.transition
    }
}
