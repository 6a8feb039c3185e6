import Access
import Foundation
import Kernel
import Messages
import Messaging
import OrderingDomain
import Programme
import QuotaLedger
import StrictJSON

/// The result of a step.
struct OrderAnswer: Codable {
    let orderID: UUID
    let number: String
    let state: String
    let voucherFen: Fen
    let pendingVoucherFen: Fen?
    let dueAt: Date?
}

/// The audit record of a decision: programme version, clauses, and the ledger lines with their limits.
struct OrderAudit: Encodable {
    /// A ledger line with the limit at that moment.
    struct Line: Encodable {
        let account: String
        let kind: String
        let amount: Int64
        let rest: Int64
        let limit: Int64
        let drawn: Int64
    }

    let programme: String
    let programmeVersion: Int
    let step: String
    let from: String?
    let to: String
    let clauses: [String]
    let ledger: [Line]
    var enterpriseCheckedAt: Date?
    var productCheckedAt: Date?
    var subsidy: SubsidyCalculation?

    init(_ change: OrderChange, _ transfers: some Sequence<Transfer>) {
        programme = change.order.programmeID
        programmeVersion = change.order.programmeVersion
        step = change.step
        from = change.from
        to = change.order.state
        clauses = change.clauses
        ledger = transfers.map {
            Line(
                account: $0.account.text, kind: $0.kind.rawValue, amount: $0.amount, rest: $0.rest, limit: $0.limitThen, drawn: $0.drawnThen
            )
        }
    }
}

extension OrderRows {
    /// How long after a deadline its timer fires, so that commands sent in time are decided first.
    static let graceSeconds = 30

    /// Saves a decision and writes its event, timers, credit check, answer and audit record to the output.
    mutating func emit(
        _ change: OrderChange, _ output: inout HandlerOutput, _ complete: (inout OrderAudit) -> Void = { _ in }
    ) throws {
        set(change.order)
        let order = change.order
        let key = order.id.lowercased
        try output.publish(change.event, key: key)
        for timer in change.timers { try Self.send(timer, of: order, key, &output) }
        if change.asksCredit {
            try output.send(
                CheckCredit(
                    orderID: order.id, enterpriseID: order.enterprise.id, programmeID: order.programmeID,
                    programmeVersion: order.programmeVersion), key: key)
        }
        try output.answer(
            OrderAnswer(
                orderID: order.id, number: order.number, state: order.state, voucherFen: order.voucher,
                pendingVoucherFen: order.progress.pendingVoucher, dueAt: change.dueAt))
        var audit = OrderAudit(change, lastTransfers(of: order.id))
        complete(&audit)
        try output.audit(audit)
    }

    /// The transfers of the last decision.
    private func lastTransfers(of orderID: UUID) -> ArraySlice<Transfer> {
        let end = ledger.transfers.count
        let before = changes.decisions.dropLast().last?.upTo ?? 0
        return ledger.transfers[min(before, end)..<end]
    }

    private static func send(_ timer: OrderChange.Timer, of order: Order, _ key: String, _ output: inout HandlerOutput) throws {
        switch timer {
        case .cancel(let rule): try output.send(CancelTimer(owner: OrderingHandlers.name, name: "order/\(key)/\(rule.id)"), key: key)
        case .schedule(let rule, let deadline):
            guard let due = due(rule, deadline) else { return }
            try output.send(
                ScheduleTimer(
                    owner: OrderingHandlers.name, name: "order/\(key)/\(rule.id)", subject: key, purpose: "order.\(rule.id)", due: due,
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

    /// Records that the actor's organisation took a step as an office of the programme; in a rehearsal this appoints it.
    mutating func recordAction(_ actor: Actor, giving command: String, in programme: Programme, _ output: inout HandlerOutput) throws {
        guard let organisation = actor.organisation else { return }
        try access.recordAction(
            organisation, in: actor.roles, as: programme.roles(procedure: Deciding.procedure, command: command), programmeID: programme.id,
            &output)
    }

    /// The caller as an actor in a programme. Refuses officers and reviewers of other programmes (QUAN-10).
    func actor(_ caller: Principal, in programmeID: String) throws(Refusal) -> Actor {
        let principal = try access.effectivePrincipal(caller, in: programmeID)
        return Actor(person: principal.person, organisation: principal.organisation, roles: principal.roles)
    }
}

extension HandlingContext {
    /// Refuses a command whose source is none of these services (QUAN-10).
    func requireSource(_ services: String...) throws(Refusal) {
        guard services.contains(envelope.source) else {
            throw PlatformRule.notPermitted.refusal().comparing("expected", services.joined(separator: ","), .code)
        }
    }
}
