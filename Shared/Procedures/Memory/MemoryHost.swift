public import Foundation
public import Kernel
public import Programme
public import QuotaLedger

/// Runs a programme's procedures in memory: it keeps cases and ledger, takes steps and lapses, and has a clock of its own.
public struct MemoryHost: Sendable {
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

    /// The engine.
    public private(set) var engine: ProcedureEngine
    /// The families, by root.
    public private(set) var families: [UUID: Family] = [:]
    /// The ledger.
    public private(set) var ledger = Ledger()
    /// What registers say of organisations, by the role in which they are asked about.
    public var registers: [UUID: [String: Facts]] = [:]
    /// The announcements so far.
    public private(set) var announcements = Announcements()
    /// The current instant.
    public private(set) var now: Date
    /// All changes, in order.
    public private(set) var history: [Transition.Change] = []
    /// The reminders so far, in order.
    public private(set) var notices: [Notice] = []
    /// The root of each case.
    private var roots: [UUID: UUID] = [:]
    /// The case that an invoice, receipt or file serves.
    private var holders: [String: UUID] = [:]

    /// At most this many families follow one change, one after the other.
    private static let followedAtMost = 10_000

    /// A host without cases.
    public init(_ programme: Programme, at now: Date) { (engine, self.now) = (ProcedureEngine(programme), now) }

    /// The cases of a procedure, in the order in which they began.
    public func cases(of procedure: String) -> [ProcedureCase] {
        families.values.flatMap { $0.cases(of: procedure) }.sorted { ($0.begin, $0.id.uuidString) < ($1.begin, $1.id.uuidString) }
    }

    /// Takes a step. Where a deadline has lapsed, the lapse is taken and the step is refused.
    @discardableResult
    public mutating func take(
        _ step: StepReference, on id: UUID, parent: UUID? = nil, _ input: StepInput = StepInput(), by actor: StepActor
    ) throws(StepRefused) -> Transition {
        let family = family(of: parent ?? id)
        do throws(StepRefused) {
            let transition = try engine.take(
                step, on: id, parent: parent, input, by: actor, in: family, related: self, circumstances, ledger: &ledger)
            try keep(transition)
            return transition
        } catch {
            if error.lapsed != nil { try lapse(id) }
            throw error
        }
    }

    /// Gives the answer of a typed service.
    @discardableResult
    public mutating func answer(_ answer: String, to id: UUID, _ input: StepInput = StepInput()) throws(StepRefused) -> Transition {
        let transition = try engine.answer(
            answer, to: id, input, in: family(of: id), related: self, circumstances, ledger: &ledger)
        try keep(transition)
        return transition
    }

    /// Publishes a later version of the programme.
    public mutating func publish(_ programme: Programme) { engine = engine.adding(programme) }

    /// Announces the first or last day of a window.
    public mutating func announce(window: String, opens: CalendarDate? = nil, closes: CalendarDate? = nil) throws(StepRefused) {
        for day in [opens, closes].compactMap(\.self) where BeijingTime.endOfDay(day) <= now {
            let citation = engine.programme.window(window)?.citation ?? Citation([])
            throw StepRefused([citation.refusal(of: .stateDoesNotAllow).comparing("given", day.description, .date)])
        }
        if let opens { announcements.opens[window] = opens }
        if let closes { announcements.closes[window] = closes }
        for root in families.keys.sorted(by: { $0.uuidString < $1.uuidString }) { try follow(root) }
        try lapseAllDue()
    }

    /// Advances the clock, and takes every lapse and every step that waits for a window at its own instant, in the order in which they are due.
    public mutating func advance(to instant: Date) throws(StepRefused) {
        while let next = nextInstant(through: instant) {
            now = max(now, next)
            try lapseAllDue()
            for root in families.keys.sorted(by: { $0.uuidString < $1.uuidString }) { try follow(root) }
        }
        now = max(now, instant)
    }

    /// The deadlines that run for a case, the earliest first.
    public func running(_ id: UUID) -> [(rule: DeadlineRule, at: Date)] {
        guard let subject = subject(id) else { return [] }
        return engine.running(subject, in: family(of: id), related: self, circumstances)
    }

    /// The facts that rules may ask about a case.
    public func known(about id: UUID) -> Facts {
        guard let subject = subject(id) else { return Facts() }
        return engine.known(about: subject, in: family(of: id), related: self, circumstances)
    }

    /// The steps that an actor may take on a case now.
    public func steps(of id: UUID, for actor: StepActor) -> [Step] {
        guard let subject = subject(id) else { return [] }
        return engine.steps(subject, for: actor, in: family(of: id), related: self, circumstances)
    }

    private var circumstances: Circumstances { Circumstances(now: now, announcements: announcements) }

    private func family(of id: UUID) -> Family { roots[id].flatMap { families[$0] } ?? Family() }

    private mutating func lapse(_ id: UUID) throws(StepRefused) {
        guard let transition = try engine.lapse(id, in: family(of: id), related: self, circumstances, ledger: &ledger) else { return }
        try keep(transition)
    }

    /// Takes the lapses that are due, each at its own instant.
    private mutating func lapseAllDue() throws(StepRefused) {
        let instant = now
        while let next = nextLapse(), next.at <= instant {
            let before = families
            try lapse(next.id)
            guard families != before else { return }
        }
    }

    private func nextLapse() -> (id: UUID, at: Date)? {
        families.values.flatMap { family in
            family.cases.compactMap { subject in
                engine.running(subject, in: family, related: self, circumstances).first.map { (id: subject.id, at: $0.at) }
            }
        }.min { ($0.at, $0.id.uuidString) < ($1.at, $1.id.uuidString) }
    }

    /// The next instant after now at which a deadline lapses or a window opens or closes.
    private mutating func nextInstant(through end: Date) -> Date? {
        remind(through: end)
        let windows = engine.windowInstants(announcements).filter { $0 > now }
        return ([nextLapse().map { max($0.at, now) }].compactMap(\.self) + windows).filter { $0 <= end }.min()
    }

    /// Notes the reminders up to the next lapse.
    private mutating func remind(through end: Date) {
        let limit = min(end, nextLapse()?.at ?? end)
        for subject in families.values.flatMap(\.cases) {
            for running in engine.running(subject, in: family(of: subject.id), related: self, circumstances) {
                for reminder in running.rule.reminders {
                    let at = running.at.addingTimeInterval(-86_400 * Double(reminder.calendarDaysBefore))
                    let notice = Notice(
                        id: subject.id, deadline: StepReference(subject.procedure, running.rule.id), to: reminder.to, at: at)
                    if at > now, at <= limit, !notices.contains(notice) { notices.append(notice) }
                }
            }
        }
    }

    /// Keeps what a decision changed; then families that look at the changed cases follow.
    private mutating func keep(_ transition: Transition) throws(StepRefused) {
        store(transition)
        for plan in transition.groups { try workOff(plan) }
        let changed = Set(transition.changes.map(\.id))
        let procedures = Set(changed.compactMap { subject($0)?.procedure })
        guard engine.programme.procedures.flatMap(\.steps).contains(where: { $0.waits(for: procedures) }) else { return }
        let parties = Set(changed.compactMap { subject($0) }.flatMap(\.parties.values))
        let own = transition.family.cases.first?.root
        let following = families.filter { root, family in
            root != own
                && family.cases.contains { subject in
                    !changed.isDisjoint(with: subject.refers.values) || !parties.isDisjoint(with: subject.parties.values)
                }
        }.keys.sorted { $0.uuidString < $1.uuidString }
        for root in following.prefix(Self.followedAtMost) { try follow(root) }
    }

    private mutating func follow(_ root: UUID) throws(StepRefused) {
        guard let family = families[root] else { return }
        guard let transition = try engine.follow(family, related: self, circumstances, ledger: &ledger) else { return }
        store(transition)
        for plan in transition.groups { try workOff(plan) }
    }

    /// Works off the members of a group, one after the other.
    private mutating func workOff(_ plan: GroupPlan) throws(StepRefused) {
        var plan = plan
        while let id = plan.members.first {
            let (transition, left) = engine.takeNext(plan, in: family(of: id), related: self, circumstances, ledger: &ledger)
            if let transition { try keep(transition) }
            plan = left
        }
    }

    private mutating func store(_ transition: Transition) {
        history += transition.changes
        ledger.written()
        guard let root = transition.family.cases.first?.root else { return }
        for subject in families[root]?.cases ?? [] { for claim in subject.claims { holders[claim] = nil } }
        families[root] = transition.family
        for subject in transition.family.cases {
            roots[subject.id] = root
            for claim in subject.claims { holders[claim] = subject.id }
        }
    }
}

extension MemoryHost: RelatedCases {
    /// The case of that id.
    public func subject(_ id: UUID) -> ProcedureCase? { family(of: id)[id] }

    /// The cases of a procedure with at least these parties and references, the latest last.
    public func cases(of procedure: String, parties: [String: UUID], refers: [String: UUID]) -> [ProcedureCase] {
        cases(of: procedure).filter { subject in
            parties.allSatisfy { subject.parties[$0.key] == $0.value }
                && refers.allSatisfy { subject.refers[$0.key] == $0.value || ($0.key == procedure && subject.id == $0.value) }
        }
    }

    /// What registers say of an organisation in a role.
    public func register(of organisation: UUID, as role: String) -> Facts { registers[organisation]?[role] ?? Facts() }

    /// The case that an invoice, receipt or file serves.
    public func holder(of claim: String) -> UUID? { holders[claim] }
}

extension ProcedureCase {
    fileprivate var begin: Date { visits.first?.at ?? .distantPast }
}

extension Step {
    /// Whether the platform takes the step when cases of these procedures change.
    fileprivate func waits(for procedures: Set<String>) -> Bool {
        guard case .needs(let needs, _)? = cause else { return false }
        return needs.contains { procedures.contains($0.procedure) }
    }
}
