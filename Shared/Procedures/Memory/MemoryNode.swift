import Foundation
import Kernel
import Programme
import QuotaLedger

/// A step or lapse that waits for what other hosts are asked.
struct PendingDecision: Sendable {
    let transition: Transition
    /// The asks that are not answered.
    var open: Set<UUID>
    /// The command that waits; nil for a lapse and for a step of the platform.
    let command: UUID?
    /// The step of the procedure: its `otherwise` applies if the ask is refused.
    let step: StepReference
}

/// One host in memory: its cases, copies of the others' cases, and what is pending. It decides messages one after the other.
struct MemoryNode: Sendable {
    /// The owner of the procedures whose cases it keeps.
    let owner: String
    /// Whether it is the only host, which keeps all cases.
    private let isAlone: Bool
    private(set) var engine: ProcedureEngine
    /// Its own cases, and copies of the others', by root.
    private(set) var families: [UUID: Family] = [:]
    private(set) var ledger = Ledger()
    private(set) var history: [Transition.Change] = []
    var registers: [UUID: [String: Facts]] = [:]
    var announcements = Announcements()
    private var roots: [UUID: UUID] = [:]
    private var holders: [String: UUID] = [:]
    /// By case.
    private(set) var pending: [UUID: PendingDecision] = [:]
    /// How often a lapse of a case was tried.
    var lapseAttempts: [UUID: Int] = [:]
    /// A lapse that another host refuses is tried again, at most this often.
    static let lapseAttemptsAtMost = 100
    /// The answers to asks, so that a repeated one is answered again.
    private var granted: [UUID: AskAnswer] = [:]
    /// The commands that were decided, so that a repeated one changes nothing.
    private var commands: Set<UUID> = []

    init(_ engine: ProcedureEngine, owner: String, ledgerOwner: String) {
        (self.owner, isAlone) = (owner, false)
        self.engine = ProcedureEngine(engine, at: HostPlace(owner: owner, ledgerOwner: ledgerOwner))
    }

    /// The only host.
    init(alone engine: ProcedureEngine, owner: String) { (self.owner, isAlone, self.engine) = (owner, true, engine) }

    /// Adds a later version of the programme.
    mutating func publish(_ programme: Programme) { engine = engine.adding(programme) }

    func family(of id: UUID) -> Family { roots[id].flatMap { families[$0] } ?? Family() }

    func isOwn(_ subject: ProcedureCase) -> Bool { keeps(subject.procedure) }

    /// Whether it keeps the cases of a procedure.
    func keeps(_ procedure: String) -> Bool { isAlone || engine.programme.procedure(procedure)?.owner == owner }

    /// The cases that it keeps.
    var ownCases: [ProcedureCase] { families.values.flatMap(\.cases).filter(isOwn) }

    /// Handles a message, and returns the messages that follow from it.
    mutating func handle(_ message: HostMessage) -> [HostMessage] {
        switch message.content {
        case .command(let command): handle(command)
        case .copy(let subject, let at): handle(subject, at)
        case .ask(let ask): handle(ask)
        case .answer(let answer): handle(answer)
        case .outcome: []
        }
    }

    // MARK: Commands

    private mutating func handle(_ command: HostCommand) -> [HostMessage] {
        guard commands.insert(command.id).inserted else { return [] }
        guard pending[command.subject] == nil else {
            return [
                .outcome(command.id, .failure(StepRefused([PlatformRule.stateDoesNotAllow.refusal().comparing("busy", "pending", .code)])))
            ]
        }
        let circumstances = circumstances(command.at)
        do throws(StepRefused) {
            let transition: Transition
            switch command.what {
            case .take(let step, let parent, let input, let actor):
                transition = try engine.take(
                    step, on: command.subject, parent: parent, input, by: actor, in: family(of: parent ?? command.subject), related: self,
                    circumstances, ledger: &ledger)
            case .answer(let answer, let input):
                transition = try engine.answer(
                    answer, to: command.subject, input, in: family(of: command.subject), related: self, circumstances, ledger: &ledger)
            case .lapse:
                guard
                    let lapse = try engine.lapse(
                        command.subject, in: family(of: command.subject), related: self, circumstances, ledger: &ledger)
                else { return [] }
                transition = lapse
            }
            return commit(transition, command: command.id, command.at)
        } catch {
            guard error.lapsed != nil, let subject = subject(command.subject) else { return [.outcome(command.id, .failure(error))] }
            // The lapse comes first; the step is refused by it.
            let lapse = HostCommand(
                id: UUIDv5.make(namespace: command.id, parts: ["lapse"]), subject: subject.id, what: .lapse, at: command.at)
            return handle(lapse) + [.outcome(command.id, .failure(error))]
        }
    }

    /// Keeps a transition, or lets it wait for what others are asked.
    private mutating func commit(_ transition: Transition, command: UUID?, _ at: Date) -> [HostMessage] {
        let waiting = transition.asks.filter(\.isRefusable)
        let asks = transition.asks.map { HostMessage.ask($0) }
        guard waiting.isEmpty, let first = transition.changes.first else {
            guard let first = transition.changes.first else { return command.map { [.outcome($0, .success(transition))] } ?? [] }
            pending[first.id] = PendingDecision(
                transition: transition, open: Set(waiting.map(\.id)), command: command, step: first.reference)
            return asks
        }
        _ = first
        store(transition)
        var messages = asks + transition.changes.compactMap { subject($0.id) }.filter(isOwn).map { HostMessage.copy($0, at) }
        for plan in transition.groups { messages += workOff(plan, at) }
        if let command { messages.append(.outcome(command, .success(transition))) }
        return messages + followOthers(of: transition, at)
    }

    private mutating func workOff(_ plan: GroupPlan, _ at: Date) -> [HostMessage] {
        var (plan, messages): (GroupPlan, [HostMessage]) = (plan, [])
        while let id = plan.members.first {
            let (transition, left) = engine.takeNext(plan, in: family(of: id), related: self, circumstances(at), ledger: &ledger)
            if let transition { messages += commit(transition, command: nil, at) }
            plan = left
        }
        return messages
    }

    // MARK: Asks

    private mutating func handle(_ ask: Ask) -> [HostMessage] {
        if let known = granted[ask.id] { return [.answer(known)] }
        guard !family(of: ask.root).cases.contains(where: { pending[$0.id] != nil && isOwn($0) }) else {
            return [.answer(answer(ask, [PlatformRule.stateDoesNotAllow.refusal().comparing("busy", "pending", .code)]))]
        }
        do throws(StepRefused) {
            let transition = try engine.grant(ask, in: family(of: ask.root), related: self, circumstances(ask.at), ledger: &ledger)
            return [.answer(answer(ask, nil))] + commit(transition, command: nil, ask.at)
        } catch {
            var messages: [HostMessage] = []
            if error.lapsed != nil, let due = family(of: ask.root).cases.first(where: { isOwn($0) && isDue($0, at: ask.at) }) {
                let id = UUIDv5.make(namespace: ask.id, parts: ["lapse"])
                messages = handle(HostCommand(id: id, subject: due.id, what: .lapse, at: ask.at))
            }
            return messages + [.answer(answer(ask, error.refusals))]
        }
    }

    private func isDue(_ subject: ProcedureCase, at: Date) -> Bool {
        engine.running(subject, in: family(of: subject.id), related: self, circumstances(at)).contains { $0.at <= at }
    }

    private mutating func answer(_ ask: Ask, _ refusals: [Refusal]?) -> AskAnswer {
        let answer = AskAnswer(ask: ask.id, asker: ask.asker, root: ask.root, from: owner, to: ask.from, refusals: refusals, at: ask.at)
        granted[ask.id] = answer
        return answer
    }

    private mutating func handle(_ answer: AskAnswer) -> [HostMessage] {
        guard let id = pending.first(where: { $0.value.open.contains(answer.ask) })?.key, var waiting = pending[id] else { return [] }
        if let refusals = answer.refusals {
            pending[id] = nil
            return refuse(waiting, StepRefused(refusals), id, answer.at)
        }
        waiting.open.remove(answer.ask)
        guard waiting.open.isEmpty else {
            pending[id] = waiting
            return []
        }
        pending[id] = nil
        // Copies that came meanwhile stay as they are; only this host's cases change.
        store(waiting.transition)
        var messages = waiting.transition.changes.compactMap { subject($0.id) }.filter(isOwn).map { HostMessage.copy($0, answer.at) }
        if let command = waiting.command { messages.append(.outcome(command, .success(waiting.transition))) }
        return messages + followOthers(of: waiting.transition, answer.at) + follow(answer.root, answer.at)
    }

    /// A pending step is refused: its `otherwise` is taken where the file names one.
    private mutating func refuse(_ waiting: PendingDecision, _ error: StepRefused, _ id: UUID, _ at: Date) -> [HostMessage] {
        guard engine.programme.step(waiting.step)?.otherwise != nil,
            let transition = try? engine.takeOtherwise(
                waiting.step, on: id, because: error.refusals, in: family(of: id), related: self, circumstances(at), ledger: &ledger)
        else { return waiting.command.map { [.outcome($0, .failure(error))] } ?? [] }
        return commit(transition, command: waiting.command, at)
    }

    // MARK: Copies

    private mutating func handle(_ copy: ProcedureCase, _ at: Date) -> [HostMessage] {
        guard !isOwn(copy), subject(copy.id).map({ $0.version < copy.version }) ?? true else { return [] }
        var family = families[copy.root] ?? Family()
        family.put(copy)
        families[copy.root] = family
        roots[copy.id] = copy.root
        var messages = follow(copy.root, at)
        for root in touched(by: [copy]) where root != copy.root { messages += follow(root, at) }
        return messages
    }

    /// The families that look at these cases: they refer to one, or have a party in common.
    private func touched(by cases: [ProcedureCase]) -> [UUID] {
        let (ids, parties) = (Set(cases.map(\.id)), Set(cases.flatMap(\.parties.values)))
        return families.filter { _, family in
            family.cases.contains { subject in
                isOwn(subject) && (!ids.isDisjoint(with: subject.refers.values) || !parties.isDisjoint(with: subject.parties.values))
            }
        }.keys.sorted { $0.uuidString < $1.uuidString }
    }

    private mutating func followOthers(of transition: Transition, _ at: Date) -> [HostMessage] {
        let changed = transition.changes.compactMap { subject($0.id) }
        let own = transition.family.cases.first?.root
        return touched(by: changed).filter { $0 != own }.flatMap { follow($0, at) }
    }

    /// Takes the steps of a family whose needs are met now.
    mutating func follow(_ root: UUID, _ at: Date) -> [HostMessage] {
        guard let family = families[root], !family.cases.contains(where: { pending[$0.id] != nil }) else { return [] }
        guard let transition = try? engine.follow(family, related: self, circumstances(at), ledger: &ledger) else { return [] }
        return commit(transition, command: nil, at)
    }

    // MARK: Keeping

    func circumstances(_ at: Date) -> Circumstances { Circumstances(now: at, announcements: announcements) }

    private mutating func store(_ transition: Transition) {
        history += transition.changes
        ledger.written()
        guard let root = transition.family.cases.first?.root else { return }
        var family = families[root] ?? Family()
        for id in transition.changes.map(\.id) {
            guard let subject = transition.family[id], isOwn(subject) else { continue }
            for key in family[id]?.uniqueKeys ?? [] { holders[key] = nil }
            for key in subject.uniqueKeys { holders[key] = id }
            family.put(subject)
            roots[id] = root
        }
        families[root] = family
    }
}

extension MemoryNode: RelatedCases {
    func subject(_ id: UUID) -> ProcedureCase? { family(of: id)[id] }

    func cases(of procedure: String, parties: [String: UUID], refers: [String: UUID]) -> [ProcedureCase] {
        families.values.flatMap { $0.cases(of: procedure) }.filter { subject in
            parties.allSatisfy { subject.parties[$0.key] == $0.value }
                && refers.allSatisfy { subject.refers[$0.key] == $0.value || ($0.key == procedure && subject.id == $0.value) }
        }.sorted { ($0.visits.first?.at ?? .distantPast, $0.id.uuidString) < ($1.visits.first?.at ?? .distantPast, $1.id.uuidString) }
    }

    func register(of organisation: UUID, as role: String) -> Facts { registers[organisation]?[role] ?? Facts() }

    func holder(of key: String) -> UUID? { holders[key] }
}
