public import Foundation
public import Kernel
public import Programme
public import QuotaLedger

/// Runs a programme's procedures in memory as several hosts do: each owner of procedures keeps its own cases and knows the others' by copies; what
/// crosses hosts is asked and answered by messages.
///
/// The transport keeps the order of messages from one host to another under one key. Among keys and hosts a seed chooses what is delivered next, and
/// which messages are delivered twice; without a seed messages are delivered first in, first out.
public struct MemoryPlatform: Sendable {
    private struct Lane: Hashable {
        let from: String
        let to: String
        let key: UUID
    }

    private var nodes: [String: MemoryNode]
    private let owners: [String]
    private var lanes: [(lane: Lane, messages: [HostMessage])] = []
    private var random: SplitMix64?
    private var outcomes: [UUID: Result<Transition, StepRefused>] = [:]
    private var sent = 0
    /// The current instant.
    public private(set) var now: Date
    /// The reminders so far, in order.
    public private(set) var notices: [MemoryHost.Notice] = []

    /// The most messages that are delivered before it counts as an endless exchange.
    private static let deliveredAtMost = 100_000
    private static let caller = "caller"

    /// Hosts without cases.
    ///
    /// - Parameters:
    ///   - ledgerOwner: the host that keeps the quota ledger
    ///   - seed: chooses the order of delivery; nil for first in, first out
    public init(_ programme: Programme, ledgerOwner: String, at now: Date, seed: UInt64? = nil) {
        let engine = ProcedureEngine(programme)
        owners = Set(programme.procedures.map(\.owner)).union([ledgerOwner]).sorted()
        nodes = Dictionary(uniqueKeysWithValues: owners.map { ($0, MemoryNode(engine, owner: $0, ledgerOwner: ledgerOwner)) })
        (self.now, random) = (now, seed.map { SplitMix64(seed: $0) })
        self.ledgerOwner = ledgerOwner
    }

    private let ledgerOwner: String

    /// The ledger.
    public var ledger: Ledger { nodes[ledgerOwner]?.ledger ?? Ledger() }

    /// The case of that id, as its own host has it.
    public func subject(_ id: UUID) -> ProcedureCase? {
        for node in nodes.values { if let subject = node.subject(id), node.isOwn(subject) { return subject } }
        return nil
    }

    /// The cases of a procedure.
    public func cases(of procedure: String) -> [ProcedureCase] {
        nodes.values.flatMap(\.ownCases).filter { $0.procedure == procedure }.sorted { $0.id.uuidString < $1.id.uuidString }
    }

    /// How many steps and lapses wait for the answer of another host.
    public var pendingCount: Int { nodes.values.reduce(0) { $0 + $1.pending.count } }

    /// The programme.
    public var programme: Programme { engine.programme }

    private var engine: ProcedureEngine {
        guard let node = nodes[ledgerOwner] else { preconditionFailure("the ledger's host exists from the beginning") }
        return node.engine
    }

    /// The host of a case.
    private func node(of id: UUID) -> MemoryNode? {
        nodes.values.first { node in node.subject(id).map(node.isOwn) ?? false }
    }

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

    /// Announces the first or last day of a window to all hosts.
    public mutating func announce(window: String, opens: CalendarDate? = nil, closes: CalendarDate? = nil) throws(StepRefused) {
        for day in [opens, closes].compactMap(\.self) where BeijingTime.endOfDay(day) <= now {
            let citation = programme.window(window)?.citation ?? Citation([])
            throw StepRefused([citation.refusal(of: .stateDoesNotAllow).comparing("given", day.description, .date)])
        }
        for owner in owners {
            if let opens { nodes[owner]?.announcements.opens[window] = opens }
            if let closes { nodes[owner]?.announcements.closes[window] = closes }
        }
        for owner in owners { take(nodes[owner]?.followAll(now) ?? [], owner) }
        deliverAll()
        advance(to: now)
    }

    /// What registers say, told to all hosts.
    public mutating func register(_ organisation: UUID, as role: String, _ facts: Facts) {
        for owner in owners { nodes[owner]?.registers[organisation, default: [:]][role] = facts }
    }

    /// Sends a step to its host, without waiting. Returns the command's id.
    @discardableResult
    public mutating func send(
        _ step: StepReference, on id: UUID, parent: UUID? = nil, _ input: StepInput = StepInput(), by actor: StepActor, at: Date? = nil
    ) -> UUID {
        send(HostCommand.What.take(step, parent: parent, input: input, actor: actor), on: id, step.procedure, at ?? now)
    }

    /// Sends the answer of a typed service to the host of a case, without waiting.
    @discardableResult
    public mutating func send(answer: String, to id: UUID, _ input: StepInput = StepInput()) -> UUID {
        send(.answer(answer, input: input), on: id, subject(id)?.procedure ?? "", now)
    }

    /// Sends what a timer sends when a deadline is due, without waiting.
    public mutating func sendLapse(of id: UUID, at: Date) { _ = send(.lapse, on: id, subject(id)?.procedure ?? "", at) }

    /// Chooses another order of delivery from now on.
    public mutating func reseed(_ seed: UInt64) { random = SplitMix64(seed: seed) }

    private mutating func send(_ what: HostCommand.What, on id: UUID, _ procedure: String, _ at: Date) -> UUID {
        sent += 1
        let command = HostCommand(id: UUIDv5.make(namespace: id, parts: ["command", "\(sent)"]), subject: id, what: what, at: at)
        let owner = nodes.values.first { $0.engine.programme.procedure(procedure)?.owner == $0.owner }?.owner
        guard let owner else {
            outcomes[command.id] = .failure(StepRefused([PlatformRule.unknownReference.refusal()]))
            return command.id
        }
        post(HostMessage(content: .command(command)), from: Self.caller, to: owner)
        return command.id
    }

    /// The outcome of a command; nil while it waits.
    public func outcome(_ command: UUID) -> Result<Transition, StepRefused>? { outcomes[command] }

    /// Delivers all messages, until none is left.
    public mutating func deliverAll() {
        var delivered = 0
        while !lanes.isEmpty, delivered < Self.deliveredAtMost {
            delivered += 1
            deliverOne()
        }
    }

    /// Advances the clock. Every lapse is taken at its own instant, in the order in which they are due, after all messages before it.
    public mutating func advance(to instant: Date) {
        deliverAll()
        while let next = nextInstant(through: instant) {
            remind(through: next)
            now = max(now, next)
            for owner in owners { take(nodes[owner]?.lapses(at: now) ?? [], owner) }
            for owner in owners { take(nodes[owner]?.followAll(now) ?? [], owner) }
            deliverAll()
        }
        remind(through: instant)
        now = max(now, instant)
    }

    /// Notes the reminders after now and up to an instant.
    private mutating func remind(through end: Date) {
        for node in nodes.values {
            for subject in node.ownCases {
                for running in node.engine.running(subject, in: node.family(of: subject.id), related: node, node.circumstances(now)) {
                    for reminder in running.rule.reminders {
                        let at = running.at.addingTimeInterval(-86_400 * Double(reminder.calendarDaysBefore))
                        let notice = MemoryHost.Notice(
                            id: subject.id, deadline: StepReference(subject.procedure, running.rule.id), to: reminder.to, at: at)
                        if at > now, at <= end, !notices.contains(notice) { notices.append(notice) }
                    }
                }
            }
        }
    }

    private func nextInstant(through end: Date) -> Date? {
        let windows = nodes.values.first.map { $0.engine.windowInstants($0.announcements) } ?? []
        let dues = nodes.values.compactMap { $0.nextLapse(now) }.map { max($0, now) }
        return (dues + windows.filter { $0 > now }).filter { $0 <= end }.min()
    }

    // MARK: Transport

    private mutating func deliverOne() {
        let index = pick(lanes.count)
        let lane = lanes[index].lane
        let message = lanes[index].messages.removeFirst()
        // A repeated message comes directly after the first, as after a lost acknowledgement.
        if random != nil, pick(8) == 0 { lanes[index].messages.insert(message, at: 0) }
        if lanes[index].messages.isEmpty { lanes.remove(at: index) }
        take(nodes[lane.to]?.handle(message) ?? [], lane.to)
    }

    /// A number below a bound: chosen by the seed, or 0.
    private mutating func pick(_ bound: Int) -> Int { Int(truncatingIfNeeded: (random?.next() ?? 0) % UInt64(bound)) }

    private mutating func take(_ messages: [HostMessage], _ from: String) {
        for message in messages {
            if case .outcome(let id, let result) = message.content {
                if outcomes[id] == nil { outcomes[id] = result }
            } else if let to = message.to {
                post(message, from: from, to: to)
            } else {
                for other in owners where other != from { post(message, from: from, to: other) }
            }
        }
    }

    private mutating func post(_ message: HostMessage, from: String, to: String) {
        let lane = Lane(from: from, to: to, key: message.key)
        if let index = lanes.firstIndex(where: { $0.lane == lane }) {
            lanes[index].messages.append(message)
        } else {
            lanes.append((lane, [message]))
        }
    }
}

extension MemoryNode {
    /// The instant of the next lapse of a case that waits for nothing; nil if there is none.
    func nextLapse(_ now: Date) -> Date? {
        ownCases.filter { mayLapse($0) }.compactMap { subject in
            engine.running(subject, in: family(of: subject.id), related: self, Circumstances(now: now, announcements: announcements)).first?
                .at
        }.min()
    }

    /// Whether a lapse of the case can be tried: nothing is pending, and it was not refused too often.
    private func mayLapse(_ subject: ProcedureCase) -> Bool {
        pending[subject.id] == nil && lapseAttempts[subject.id] ?? 0 < Self.lapseAttemptsAtMost
    }

    /// Takes the lapses that are due.
    mutating func lapses(at now: Date) -> [HostMessage] {
        let due = ownCases.filter { subject in
            mayLapse(subject)
                && engine.running(subject, in: family(of: subject.id), related: self, Circumstances(now: now, announcements: announcements))
                    .contains { $0.at <= now }
        }.sorted { $0.id.uuidString < $1.id.uuidString }
        return due.flatMap { subject in
            lapseAttempts[subject.id, default: 0] += 1
            let attempt = "\(lapseAttempts[subject.id] ?? 0)"
            let id = UUIDv5.make(namespace: subject.id, parts: ["lapse", "\(subject.version)", attempt])
            return handle(HostMessage(content: .command(HostCommand(id: id, subject: subject.id, what: .lapse, at: now))))
        }
    }

    /// Takes the steps that wait for a window.
    mutating func followAll(_ now: Date) -> [HostMessage] {
        families.keys.sorted { $0.uuidString < $1.uuidString }.flatMap { follow($0, now) }
    }
}
