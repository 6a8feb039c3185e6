import Foundation
import Kernel
import Messages
public import Programme

/// Decides about redemptions under one version of a programme, at one instant. Every city's difference is in the programme.
public struct Deciding: Sendable {
    /// The version that the order is under.
    public let programme: Programme
    /// The instant that counts as now, the calendar, the announcements.
    public let circumstances: Circumstances

    /// Decisions by this programme.
    public init(programme: Programme, circumstances: Circumstances) {
        (self.programme, self.circumstances) = (programme, circumstances)
    }

    /// The procedure.
    public static let procedure = "redemption"

    var now: Date { circumstances.now }

    func today() throws(Refusal) -> CalendarDate {
        do { return try BeijingTime.date(at: now) } catch { throw PlatformRule.commandOutsideTimeWindow.refusal() }
    }

    /// The states of the other procedures of the same thing.
    func otherStates(_ order: OrderSnapshot) -> [String: String] { ["order": order.state] }

    /// The step that a command takes; refused where the state, the role, the organisation, a window, a deadline, who took another step, or a
    /// missing reason is against it, in this order.
    func step(_ command: String, on redemption: Redemption, by actor: Actor, reason: String? = nil) throws(Refusal) -> Step {
        let step: Step
        do {
            step = try programme.step(
                procedure: Self.procedure, command: command, state: redemption.state, roles: actor.roles,
                otherStates: otherStates(redemption.order))
        } catch {
            throw lapsed(redemption) ?? error
        }
        try actor.mustBeParty(enterprise: redemption.order.enterpriseID, institution: redemption.order.institutionID, to: step)
        // A step that needs the order in a certain state needs its contract: a dispute says more than the state it leads to.
        if !step.needs.isEmpty { try mustNotBeDisputed(redemption, at: step) }
        for refusal in programme.refusals(before: step, otherStates: otherStates(redemption.order), circumstances) { throw refusal }
        for running in running(redemption) {
            if let due = running.deadline.instant, now >= due { throw running.rule.refusal(due: due, at: now) }
        }
        if let other = step.notBySameAs, let person = actor.person, redemption.progress.takenBy[other] == person {
            throw PlatformRule.notPermitted.refusal(under: step.citation).comparing("notBySameAs", other, .code)
        }
        if step.needsReason || !(reason ?? "").isEmpty { try Self.check(reason ?? "", "reason", atMost: 500, under: step.citation) }
        return step
    }

    /// Why nothing can be done with what a deadline has ended.
    private func lapsed(_ redemption: Redemption) -> Refusal? {
        guard let lapse = redemption.progress.lapse,
            let rule = programme.deadline(StepReference(Self.procedure, lapse.deadline)), rule.lapse.to == redemption.state
        else { return nil }
        return rule.refusal(due: lapse.dueAt, at: now)
    }

    /// Throws the first thing that the programme's rules have against a step.
    func refuse(_ step: Step, _ facts: Facts) throws(Refusal) {
        for refusal in programme.refusals(at: StepReference(Self.procedure, step.id), facts, circumstances) { throw refusal }
    }

    /// A text that somebody gives with a command: not blank, and of a length people read.
    static func check(_ text: String, _ field: String, atMost characters: Int, under citation: Citation = .none) throws(Refusal) {
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw PlatformRule.malformedMessage.refusal(under: citation).comparing("missing", field, .code)
        }
        guard text.count <= characters else {
            throw PlatformRule.malformedMessage.refusal(under: citation)
                .comparing("given", text.count, .characters).comparing("limit", characters, .characters).comparing("field", field, .code)
        }
    }
}

extension Citation {
    /// Nothing is cited.
    static let none = Citation([])
}
