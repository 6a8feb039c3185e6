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
    /// A reminder of a deadline.
    public struct Notice: Sendable, Hashable {
        /// The case.
        public let id: UUID
        /// The deadline.
        public let deadline: StepReference
        /// The roles that are reminded.
        public let to: [String]
        /// The instant.
        public let at: Date
    }

    struct Lane: Hashable {
        let from: String
        let to: String
        let key: UUID
    }

    var nodes: [String: MemoryNode]
    let owners: [String]
    var lanes: [(lane: Lane, messages: [HostMessage])] = []
    var random: SplitMix64?
    var outcomes: [UUID: Result<Transition, StepRefused>] = [:]
    private var sent = 0
    /// The current instant.
    public private(set) var now: Date
    /// The reminders so far, in order.
    public private(set) var notices: [Notice] = []

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

    /// One host that keeps everything.
    init(together programme: Programme, at now: Date) {
        (owners, ledgerOwner, self.now, random) = ([Self.together], Self.together, now, nil)
        nodes = [Self.together: MemoryNode(alone: ProcedureEngine(programme), owner: Self.together)]
    }

    let ledgerOwner: String
    private static let together = "all"

    /// Publishes a later version of the programme to all hosts.
    public mutating func publish(_ programme: Programme) { for owner in owners { nodes[owner]?.publish(programme) } }

    /// All changes of one host, in order.
    func history(of owner: String? = nil) -> [Transition.Change] { nodes[owner ?? ledgerOwner]?.history ?? [] }

    /// The families of one host, by root.
    func families(of owner: String? = nil) -> [UUID: Family] { nodes[owner ?? ledgerOwner]?.families ?? [:] }

    /// The ledger.
    public var ledger: Ledger { nodes[ledgerOwner]?.ledger ?? Ledger() }

    /// The case of that id, as its own host has it.
    public func subject(_ id: UUID) -> ProcedureCase? {
        for node in nodes.values { if let subject = node.subject(id), node.isOwn(subject) { return subject } }
        return nil
    }

    /// The cases of a procedure, in the order in which they began.
    public func cases(of procedure: String) -> [ProcedureCase] {
        func begin(_ subject: ProcedureCase) -> Date { subject.visits.first?.at ?? .distantPast }
        return nodes.values.flatMap(\.ownCases).filter { $0.procedure == procedure }
            .sorted { (begin($0), $0.id.uuidString) < (begin($1), $1.id.uuidString) }
    }

    /// How many steps and lapses wait for the answer of another host.
    public var pendingCount: Int { nodes.values.reduce(0) { $0 + $1.pending.count } }

    /// The programme.
    public var programme: Programme { engine.programme }

    var engine: ProcedureEngine {
        guard let node = nodes[ledgerOwner] else { preconditionFailure("the ledger's host exists from the beginning") }
        return node.engine
    }

    /// The host of a case.
    func node(of id: UUID) -> MemoryNode? {
        nodes.values.first { node in node.subject(id).map(node.isOwn) ?? false }
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
        let owner = nodes.values.first { $0.keeps(procedure) }?.owner
        guard let owner else {
            outcomes[command.id] = .failure(StepRefused([PlatformRule.unknownReference.refusal()]))
            return command.id
        }
        post(HostMessage(content: .command(command)), from: Self.caller, to: owner)
        return command.id
    }

    /// The outcome of a command; nil while it waits.
    public func outcome(_ command: UUID) -> Result<Transition, StepRefused>? { outcomes[command] }

    /// Delivers everything, and returns what became of a command. Throws `StepRefused`.
    public mutating func result(of command: UUID) throws(StepRefused) -> Transition {
        deliverAll()
        guard let outcome = outcome(command) else { throw StepRefused.unanswered }
        return try outcome.get()
    }

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
                        let notice = Notice(
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
}
