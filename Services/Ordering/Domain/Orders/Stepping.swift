import Foundation
public import Kernel
import Messages
import Programme
public import QuotaLedger

extension Deciding {
    /// Takes an order one step on by a command that needs nothing but a reason: accept, decline, cancel, confirm, a credit check's result.
    public func take(
        _ command: String, on order: Order, by actor: Actor, reason: String? = nil, in ledger: inout Ledger
    ) throws(Refusal) -> OrderChange {
        let step = try step(command, on: order, by: actor, reason: reason)
        if command == DecideOrder.Decision.accept.rawValue { try Self.mustBeTwo(order.enterprise, order.institution) }
        // A step of the platform follows from what another service has found: it has asked the rules, and has the facts for them.
        if actor != .platform { try refuse(step, order.facts) }
        return try finish(step, on: order, by: actor, reason: reason, fen: nil, in: &ledger)
    }

    /// Takes down how the enterprise rates the service.
    public func rate(
        stars: Int, comment: String?, on order: Order, by actor: Actor, in ledger: inout Ledger
    ) throws(Refusal) -> OrderChange {
        let step = try step("rate-service", on: order, by: actor)
        guard (1...5).contains(stars) else {
            throw PlatformRule.malformedMessage.refusal(LocalisedText(zh: "评价须为1至5星。", en: "A rating has 1 to 5 stars."))
                .comparing("stars", stars, .count)
        }
        if let comment { try Self.check(comment, "comment", atMost: 500) }
        try refuse(step, order.facts)
        var rated = order
        rated.progress.stars = stars
        rated.progress.comment = comment
        return try finish(step, on: order, becoming: rated, by: actor, fen: nil, in: &ledger)
    }

    /// The step that a command takes; refused where the state, the role, the organisation, a deadline, a window or a missing reason is
    /// against it, in this order.
    func step(_ command: String, on order: Order, by actor: Actor, reason: String? = nil) throws(Refusal) -> Step {
        let step: Step
        do {
            step = try programme.step(procedure: Self.procedure, command: command, state: order.state, roles: actor.roles)
        } catch {
            throw lapsed(order) ?? error
        }
        try actor.mustBeParty(enterprise: order.enterprise.id, institution: order.institution.id, to: step)
        for (rule, deadline) in running(order) {
            if let due = deadline.instant, now >= due { throw rule.refusal(due: due, at: now) }
        }
        for refusal in programme.refusals(before: step, otherStates: order.otherStates, circumstances) { throw refusal }
        if let other = step.notBySameAs, let person = actor.person, order.progress.takenBy[other] == person {
            throw step.citation.clauses.reduce(PlatformRule.notPermitted.refusal()) { $0.under($1) }.comparing("notBySameAs", other, .code)
        }
        if step.needsReason {
            try Self.check(reason ?? "", "reason", atMost: 500)
        } else if let reason, !reason.isEmpty {
            try Self.check(reason, "reason", atMost: 500)
        }
        return step
    }

    /// Why nothing can be done with an order that a deadline has ended.
    private func lapsed(_ order: Order) -> Refusal? {
        guard let lapse = order.progress.lapse,
            let rule = programme.deadline(StepReference(Self.procedure, lapse.deadline)), rule.lapse.to == order.state
        else { return nil }
        return rule.refusal(due: lapse.dueAt, at: now)
    }

    /// Throws the first thing that the programme's rules have against a step.
    func refuse(_ step: Step, _ facts: Facts) throws(Refusal) {
        for refusal in programme.refusals(at: StepReference(Self.procedure, step.id), facts, circumstances) { throw refusal }
    }

    /// Does to the ledger what the step does, and notes that it was taken.
    func finish(
        _ step: Step, on before: Order, becoming changed: Order? = nil, by actor: Actor, reason: String? = nil, fen: Fen?,
        in ledger: inout Ledger
    ) throws(Refusal) -> OrderChange {
        var after = changed ?? before
        try apply(step.ledger, at: StepReference(Self.procedure, step.id), of: before, fen: fen, to: &ledger)
        after.state = step.to ?? before.state
        after.progress.taken[step.id] = now
        after.progress.takenBy[step.id] = actor.person
        return change(from: before, to: after, step: step.id, clauses: step.citation.clauses, reason: reason)
    }
}
