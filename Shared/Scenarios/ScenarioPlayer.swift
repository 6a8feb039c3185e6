import Foundation
import Kernel
import Procedures
public import Programme
import QuotaLedger

/// What came of playing a scenario.
public struct ScenarioResult: Sendable {
    /// What differs from what the scenario expects, each with its position; empty when it passed.
    public let differences: [String]
    /// What happened, a line for each event.
    public let transcript: [String]
    /// Whether it passed.
    public var isPassed: Bool { differences.isEmpty }
}

/// Where and in which order a scenario is played.
public enum ScenarioStage: Sendable, Hashable {
    /// In one host that keeps everything.
    case oneHost
    /// In several hosts that exchange messages, first in, first out, or in an order that a seed chooses.
    case hosts(seed: UInt64?)
}

/// Plays scenarios in memory.
public enum ScenarioPlayer {
    /// The host that keeps the quota ledger.
    static let ledgerOwner = "ordering"

    /// Plays a scenario under a programme, which may be altered.
    public static func play(_ scenario: Scenario, under programme: Programme, on stage: ScenarioStage = .oneHost) -> ScenarioResult {
        switch stage {
        case .oneHost:
            var play = Play(scenario, MemoryHost(programme, at: scenario.start))
            return play.result()
        case .hosts(let seed):
            var play = Play(scenario, MemoryPlatform(programme, ledgerOwner: ledgerOwner, at: scenario.start, seed: seed))
            return play.result()
        }
    }
}

extension ScenarioPlayer {
    /// The id of a case, a person or an organisation of scenarios.
    static func id(_ kind: String, _ name: String) -> UUID {
        UUIDv5.make(namespace: UUID(uuid: (0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1)), parts: [kind, name])
    }

    /// The hosts after a scenario, for races that go on from there.
    static func platform(after scenario: Scenario, under programme: Programme) -> MemoryPlatform {
        var play = Play(scenario, MemoryPlatform(programme, ledgerOwner: ledgerOwner, at: scenario.start))
        play.begin()
        return play.host
    }

    /// Sends the steps of a scenario's `when` all at once, each at its instant, after its `given`; delivers them in an order of a seed. Returns the
    /// hosts, and which steps succeeded.
    static func race(
        _ scenario: Scenario, from platform: MemoryPlatform, seed: UInt64, lapse: (id: UUID, at: Date)? = nil
    ) -> (platform: MemoryPlatform, succeeded: [Bool]) {
        var play = Play(scenario, continuing: platform)
        return play.race(seed, lapse)
    }
}

/// One play of a scenario.
struct Play<Host: ScenarioHost> {
    let scenario: Scenario
    private(set) var host: Host
    var differences: [String] = []
    var transcript: [String] = []
    var preferences: [String: Bool] = [:]
    var published: [FieldName: FactValue] = [:]

    init(_ scenario: Scenario, _ host: Host) {
        (self.scenario, self.host) = (scenario, host)
        for (name, organisation) in scenario.cast.organisations {
            self.host.register(Self.id("organisation", name), as: organisation.role, organisation.register)
        }
    }

    init(_ scenario: Scenario, continuing host: Host) { (self.scenario, self.host) = (scenario, host) }

    /// Plays what has happened before.
    mutating func begin() { for event in scenario.given { play(event) } }

    mutating func result() -> ScenarioResult {
        play()
        return ScenarioResult(differences: differences, transcript: transcript)
    }

    private mutating func play() {
        for event in scenario.given {
            play(event)
            // A scenario whose beginning differs says nothing more.
            guard differences.isEmpty else { return }
        }
        for event in scenario.when { play(event) }
        for check in scenario.then { verify(check) }
    }

    static func id(_ kind: String, _ name: String) -> UUID { ScenarioPlayer.id(kind, name) }

    /// The case of a name: "o1", or "o1/redemption" for a case that the platform began.
    func subject(_ name: String) -> ProcedureCase? {
        var parts = name.split(separator: "/").map(String.init)
        guard !parts.isEmpty else { return nil }
        var subject = host.subject(Self.id("case", parts.removeFirst()))
        for procedure in parts {
            guard let parent = subject else { return nil }
            subject = host.cases(of: procedure).last { $0.parent == parent.id }
        }
        return subject
    }

    func id(_ name: String) -> UUID { subject(name)?.id ?? Self.id("case", name) }

    private mutating func play(_ event: ScenarioEvent) {
        do throws(StepRefused) {
            if let at = event.at { host.advance(to: at) }
            try perform(event)
        } catch {
            return compare(refused: error, event)
        }
        if case .refusal(let slugs, let clauses) = event.expected {
            note(event, "succeeded; expected a refusal: \((slugs + clauses).joined(separator: ", "))")
        }
    }

    private mutating func perform(_ event: ScenarioEvent) throws(StepRefused) {
        switch event.kind {
        case .take(let step, let person, let name, let parent, let input):
            let above = parent.map { id($0) }
            let transition = try host.take(step, on: id(name), parent: above, self.input(for: input, name), by: actor(person))
            keep(transition)
            passed(event, "\(step) \(name)", name)
        case .answer(let answer, let name, let fields):
            let transition = try host.answer(answer, to: id(name), StepInput(fields: facts(fields, name)))
            keep(transition)
            passed(event, "\(answer) \(name)", name)
        case .announce(let window, let opens, let closes):
            try host.announce(window: window, opens: opens, closes: closes)
            transcript.append("announced \(window)")
        case .register(let organisation, let role, let fields):
            let id = Self.id("organisation", organisation)
            host.register(id, as: role, host.registered(id, as: role).merging(facts(fields, "")))
            transcript.append("registered \(organisation)")
        case .wait: transcript.append("waited")
        case .check(let check): verify(check)
        }
    }

    private mutating func keep(_ transition: Transition) {
        preferences = transition.preferences
        published = transition.published
    }

    private mutating func passed(_ event: ScenarioEvent, _ text: String, _ name: String) {
        let state = subject(name)?.state ?? "-"
        transcript.append("\(text) -> \(state)")
        if case .success(let expected?) = event.expected, expected != state {
            note(event, "\(name) is \(state); expected \(expected)")
        }
    }

    private mutating func compare(refused: StepRefused, _ event: ScenarioEvent) {
        let found = refused.refusals.map { "\($0.slug) [\($0.clauses.joined(separator: ", "))]" }.joined(separator: "; ")
        transcript.append("refused: \(found)")
        guard case .refusal(let slugs, let clauses) = event.expected else {
            let texts = refused.refusals.map { refusal in
                "\(refusal.slug): \(refusal.message.en) \(refusal.numbers.map { "\($0.name)=\($0.value)" }.joined(separator: " "))"
            }
            return note(event, "refused: \(texts.joined(separator: "; ")); expected success")
        }
        let cited = Set(refused.refusals.flatMap(\.clauses))
        let missing = slugs.filter { slug in !refused.refusals.contains { $0.slug == slug } } + clauses.filter { !cited.contains($0) }
        if !missing.isEmpty { note(event, "refused by \(found); expected \(missing.joined(separator: ", "))") }
        // Where reasons are named, there are no others.
        let others = refused.refusals.map(\.slug).filter { !slugs.isEmpty && !slugs.contains($0) }
        if !others.isEmpty { note(event, "refused by \(others.joined(separator: ", ")) too") }
    }

    private mutating func note(_ event: ScenarioEvent, _ text: String) { differences.append("\(event.place): \(text)") }

    func actor(_ name: String) -> StepActor {
        guard let person = scenario.cast.people[name] else { return StepActor(person: Self.id("person", name), roles: []) }
        return StepActor(
            person: Self.id("person", name), organisation: person.organisation.map { Self.id("organisation", $0) }, roles: person.roles,
            division: person.division)
    }

    private func input(for input: ScenarioInput, _ name: String) -> StepInput {
        var result = StepInput(
            fields: facts(input.fields.filter { !input.without.contains($0.key.description) }, name),
            papers: input.papers.filter { !input.without.contains($0.document) }.enumerated().map { number, paper in
                Paper(
                    paper.document,
                    file: PaperFile(
                        hash: paper.file ?? "\(name) \(paper.document) \(number)", kind: paper.kind, byteCount: paper.bytes,
                        isOwn: paper.isOwn, isSealed: paper.isSealed, folder: paper.folder ?? ""),
                    fields: values(paper, input.without, name))
            },
            parties: input.parties.mapValues { Self.id("organisation", $0) }, refers: input.refers.mapValues { id($0) },
            reason: input.reason, versionSeen: input.versionSeen)
        result.judgements = input.judgements
        result.excuses = input.excuses
        return result
    }

    private func values(_ paper: ScenarioPaper, _ without: Set<String>, _ name: String) -> [String: FactValue] {
        paper.fields.filter { !without.contains("\(paper.document).\($0.key)") }.compactMapValues { value($0, name) }
    }

    private func facts(_ fields: [FieldName: ScenarioValue], _ name: String) -> Facts {
        Facts(fields.compactMapValues { value($0, name) })
    }

    /// A value; `self` names the case of the event.
    func value(_ value: ScenarioValue, _ name: String) -> FactValue? {
        switch value {
        case .fact(let fact): return fact
        case .today: return (try? BeijingTime.date(at: host.now)).map { .date($0) }
        case .field(let field, let other): return host.known(about: id(other == "self" ? name : other))[field]
        }
    }
}

extension Play where Host == MemoryPlatform {
    mutating func race(_ seed: UInt64, _ lapse: (id: UUID, at: Date)?) -> (MemoryPlatform, [Bool]) {
        var commands: [UUID] = []
        host.reseed(seed)
        for event in scenario.when {
            guard case .take(let step, let person, let name, let parent, let input) = event.kind else { continue }
            commands.append(
                host.send(
                    step, on: id(name), parent: parent.map { id($0) }, self.input(for: input, name), by: actor(person),
                    at: event.at ?? host.now))
        }
        if let lapse { host.sendLapse(of: lapse.id, at: lapse.at) }
        host.deliverAll()
        let succeeded = commands.map { command in
            if case .success? = host.outcome(command) { true } else { false }
        }
        return (host, succeeded)
    }
}
