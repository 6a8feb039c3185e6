import Foundation
import Kernel
import Messages
import Messaging
import Programme
import RedemptionDomain

/// What a caller is told of a step that was done.
struct RedemptionAnswer: Codable {
    let orderID: UUID
    let state: String
    let calculation: [CalculationStep]
    let calculatedFen: Fen?
    let amountFen: Fen?
    let dueAt: Date?
}

/// What the audit trail keeps of a decision: by which version of which programme, under which clauses, on which papers and sums.
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
    /// How long after a deadline its timer fires: what arrived in time is decided first.
    static let graceSeconds = 30

    /// Takes down a decision and says what follows from it: the event, timers, what the ledger is asked.
    mutating func tell(_ change: RedemptionChange, _ say: inout Said) throws {
        set(change.redemption)
        let key = change.redemption.id.lowercased
        try say.publish(change.event, key: key)
        for timer in change.timers { try Self.send(timer, key, &say) }
        if let settles = change.settles { try say.send(settles, key: key) }
    }

    /// The same for a command: it is answered, and the audit trail keeps what it was decided on.
    mutating func tellAnswering(_ change: RedemptionChange, _ say: inout Said) throws {
        try tell(change, &say)
        let redemption = change.redemption
        try say.answer(
            RedemptionAnswer(
                orderID: redemption.id, state: redemption.state, calculation: redemption.application?.calculation ?? [],
                calculatedFen: redemption.application?.calculated, amountFen: redemption.amount, dueAt: change.dueAt))
        try say.audit(RedemptionAudit(change))
    }

    private static func send(_ timer: RedemptionChange.Timer, _ key: String, _ say: inout Said) throws {
        switch timer {
        case .cancel(let name): try say.send(CancelTimer(owner: RedemptionContents.name, name: name), key: key)
        case .schedule(let rule, let deadline, let name):
            guard let due = due(rule, deadline) else { return }
            try say.send(
                ScheduleTimer(
                    owner: RedemptionContents.name, name: name, subject: key, purpose: "redemption.\(rule.id)", due: due,
                    graceSeconds: graceSeconds), key: key)
        }
    }

    /// A deadline past the published calendar is told as the rule it follows from.
    private static func due(_ rule: DeadlineRule, _ deadline: Deadline) -> ScheduleTimer.Due? {
        switch deadline {
        case .due(let instant): .at(instant)
        case .provisional(let start, _):
            if case .workingDays(let days) = rule.length { .workingDays(days, after: start) } else { nil }
        }
    }
}
