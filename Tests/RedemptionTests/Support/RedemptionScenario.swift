import Foundation
import Kernel
import Messages
import Programme
import RedemptionDomain
import Testing

/// A redemption under a programme without service or database, taken step by step at given instants.
struct RedemptionScenario {
    let programme: Programme
    let papers: Papers
    var redemption: Redemption?
    /// Every change so far.
    var changes: [RedemptionChange] = []
    var around = Surroundings(files: Papers.store)

    init(_ programme: Programme? = nil, _ papers: Papers = Papers()) throws {
        self.programme = try programme ?? TestProgrammes.beijing2026()
        self.papers = papers
    }

    func deciding(_ now: Date) -> Deciding { Deciding(programme: programme, circumstances: Circumstances(now: now)) }

    /// A redemption opened by the contract.
    static func opened(_ programme: Programme? = nil, _ papers: Papers = Papers(), at now: String = "2026-05-11") throws
        -> RedemptionScenario
    {
        var scenario = try RedemptionScenario(programme, papers)
        try scenario.publish(papers.order(), step: "record-contract", at: beijing(now))
        return scenario
    }

    static func applied(_ programme: Programme? = nil, _ papers: Papers = Papers(), at now: String = "2026-05-15") throws
        -> RedemptionScenario
    {
        var scenario = try RedemptionScenario.opened(programme, papers)
        try scenario.apply(at: beijing(now))
        return scenario
    }

    /// A redemption that is determined, decided and published on the day.
    static func published(_ programme: Programme? = nil, _ papers: Papers = Papers(), at now: String = "2026-06-01") throws
        -> RedemptionScenario
    {
        var scenario = try RedemptionScenario.applied(programme, papers)
        try scenario.take(.determine, .reviewer, reason: "材料齐全", at: beijing("2026-05-20"))
        try scenario.take(.decide, .officer, at: beijing("2026-05-21"))
        try scenario.take(.publish, .officer, at: beijing(now))
        return scenario
    }

    mutating func publish(_ order: OrderSnapshot, step: String, reason: String? = nil, at now: Date) throws {
        let event = OrderChanged(order: order, step: step, from: nil, reason: reason, at: now)
        let (after, made) = deciding(now).follow(event, redemption)
        redemption = after
        changes += made
    }

    mutating func apply(_ command: ApplyRedemption? = nil, by actor: Actor? = nil, at now: Date) throws {
        let current = try #require(redemption)
        let applicant = actor ?? person(.institution)
        take(try deciding(now).apply(command ?? papers.command(), on: current, by: applicant, around))
    }

    mutating func take(
        _ decision: DecideRedemption.Decision, _ role: Role, reason: String? = nil, fen: Fen? = nil, papers: [RedemptionPaper] = [],
        person: String? = nil, at now: Date
    ) throws {
        let current = try #require(redemption)
        let command = DecideRedemption(
            orderID: current.id, decision: decision, reason: reason, amountFen: fen, papers: papers)
        take(try deciding(now).take(command, on: current, by: self.person(role, named: person), around))
    }

    /// Fires the scheduled timers that are due. Returns whether something lapsed.
    @discardableResult
    mutating func fire(at now: Date) throws -> Bool {
        let current = try #require(redemption)
        for timer in changes.flatMap(\.timers) {
            guard case .schedule(let rule, let deadline, let name) = timer, let due = deadline.instant, due <= now else { continue }
            guard let change = deciding(now).lapse(rule.id, timer: name, dueAt: due, of: current) else { continue }
            take(change)
            return true
        }
        return false
    }

    private mutating func take(_ change: RedemptionChange) {
        redemption = change.redemption
        changes.append(change)
    }

    enum Role: String, CaseIterable { case enterprise, institution, reviewer, officer, `public` }

    func person(_ role: Role, named name: String? = nil) -> Actor {
        let organisation = role == .enterprise ? papers.enterprise : role == .institution ? papers.institution : UUID()
        return Actor(person: name ?? "p-\(role.rawValue)", organisation: organisation, roles: [role.rawValue])
    }

    var state: String? { redemption?.state }
    var last: RedemptionChange? { changes.last }
}

/// The refusal that the body throws; records an issue if it succeeds.
func refusal(_ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation) -> Refusal? {
    do {
        try body()
        Issue.record("nothing was refused", sourceLocation: sourceLocation)
        return nil
    } catch {
        if !(error is Refusal) { Issue.record("the error is no refusal: \(error)", sourceLocation: sourceLocation) }
        return error as? Refusal
    }
}

/// Expects that an application with these papers is refused under the clause, and accepted under the altered programme.
func expectApplying(
    _ papers: Papers, refusedBy clause: String, unless altered: Programme, at now: String = "2026-05-15",
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let refusal = refusal({ _ = try RedemptionScenario.applied(nil, papers, at: now) }, sourceLocation: sourceLocation)
    #expect(refusal?.clauses.first == clause, "\(refusal?.message.en ?? "") \(refusal?.numbers ?? [])", sourceLocation: sourceLocation)
    #expect(try RedemptionScenario.applied(altered, papers, at: now).state == "in-review", sourceLocation: sourceLocation)
}
