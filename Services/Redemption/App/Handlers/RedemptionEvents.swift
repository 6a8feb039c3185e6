import Foundation
import Kernel
import Messages
import Messaging
import Programme
import RedemptionDomain
import StrictJSON

/// The result of a step.
struct RedemptionAnswer: Codable {
    let orderID: UUID
    let state: String
    let calculation: [CalculationStep]
    let calculatedFen: Fen?
    let amountFen: Fen?
    let dueAt: Date?
}

/// The audit record of a decision: programme version, clauses, papers and amounts.
struct RedemptionAudit: Encodable {
    let programme: String
    let programmeVersion: Int
    let step: String
    let from: String?
    let to: String
    let reason: String?
    let clauses: [String]
    let calculation: [CalculationStep]
    let amountFen: Fen?
    let papers: [ContentHash]
    let settles: String?

    init(_ change: RedemptionChange) {
        let redemption = change.redemption
        programme = redemption.order.programmeID
        programmeVersion = redemption.order.programmeVersion
        step = change.step
        from = change.from
        to = redemption.state
        reason = change.reason
        clauses = change.clauses
        calculation = redemption.application?.calculation ?? []
        amountFen = redemption.amount
        papers = (redemption.application?.papers ?? []).map(\.file) + redemption.waiverPapers.map(\.file)
        settles = change.settles?.step
    }
}

extension RedemptionRows {
    /// How long after a deadline its timer fires, so that commands sent in time are decided first.
    static let graceSeconds = 30

    /// Saves a decision and writes its event, timers and settlement command to the output.
    mutating func emit(_ change: RedemptionChange, _ output: inout HandlerOutput) throws {
        set(change.redemption)
        let key = change.redemption.id.lowercased
        try output.publish(change.event, key: key)
        for timer in change.timers { try Self.send(timer, key, &output) }
        if let settles = change.settles { try output.send(settles, key: key) }
    }

    /// Like `emit`, with the answer and audit record of a command.
    mutating func emitAndAnswer(_ change: RedemptionChange, _ output: inout HandlerOutput) throws {
        try emit(change, &output)
        let redemption = change.redemption
        try output.answer(
            RedemptionAnswer(
                orderID: redemption.id, state: redemption.state, calculation: redemption.application?.calculation ?? [],
                calculatedFen: redemption.application?.calculated, amountFen: redemption.amount, dueAt: change.dueAt))
        try output.audit(RedemptionAudit(change))
    }

    private static func send(_ timer: RedemptionChange.Timer, _ key: String, _ output: inout HandlerOutput) throws {
        switch timer {
        case .cancel(let name): try output.send(CancelTimer(owner: RedemptionHandlers.name, name: name), key: key)
        case .schedule(let rule, let deadline, let name):
            guard let due = due(rule, deadline) else { return }
            try output.send(
                ScheduleTimer(
                    owner: RedemptionHandlers.name, name: name, subject: key, purpose: "redemption.\(rule.id)", due: due,
                    graceSeconds: graceSeconds), key: key)
        }
    }

    /// A deadline beyond the published calendar is sent as the number of working days.
    private static func due(_ rule: DeadlineRule, _ deadline: Deadline) -> ScheduleTimer.Due? {
        switch deadline {
        case .due(let instant): .at(instant)
        case .provisional(let start, _):
            if case .workingDays(let days) = rule.length { .workingDays(days, after: start) } else { nil }
        }
    }
}
