import Foundation
public import Kernel
public import Messages
import Programme

extension Deciding {
    /// Takes a redemption a step on: waive, return, determine, decide, refuse, publish, object, answer.
    ///
    /// `around` is what is known of the command's papers.
    public func take(
        _ command: DecideRedemption, on redemption: Redemption, by actor: Actor, _ around: Surroundings = Surroundings(files: [:])
    ) throws(Refusal) -> RedemptionChange {
        let step = try step(command.decision.rawValue, on: redemption, by: actor, reason: command.reason)
        try check(command.papers, at: step, of: redemption.id, facts: facts(redemption), around)
        var after = redemption
        switch command.decision {
        case .waive: after.waiverPapers = command.papers
        case .determine: after.amount = try determined(command, of: redemption, at: step)
        case .return: after.amount = nil
        case .decide, .publish: try mustStillHold(redemption, at: step)
        case .object:
            after.objections.append(
                Objection(person: actor.person, organisation: actor.organisation, reason: command.reason ?? "", at: now))
        case .answerObjection, .upholdObjection:
            if let last = after.objections.indices.last { after.objections[last].answer = command.reason }
        case .refuse: break
        }
        try refuse(step, facts(after))
        return finish(step, on: redemption, becoming: after, by: actor, reason: command.reason)
    }

    /// Notes that a step was taken, and what follows.
    func finish(
        _ step: Step, on before: Redemption, becoming changed: Redemption, by actor: Actor, reason: String? = nil
    ) -> RedemptionChange {
        var after = changed
        move(&after, to: step.to ?? before.state, by: step.id)
        after.progress.takenBy[step.id] = actor.person
        return change(from: before, to: after, step: step.id, citation: step.citation, effects: step.ledger, reason: reason)
    }

    /// Refuses to go on with an amount whose contract has been recorded anew (QUAN-27): the papers must be mended and checked again.
    func mustStillHold(_ redemption: Redemption, at step: Step) throws(Refusal) {
        guard redemption.isContractChanged else { return }
        throw PlatformRule.paperDiffersFromRecord.refusal(under: step.citation)
            .comparing("checkedTotal", redemption.application?.contract.totalFen ?? .zero)
            .comparing("recordedTotal", redemption.order.contract?.totalFen ?? .zero)
            .comparing("reserved", redemption.order.voucherFen)
    }
}
