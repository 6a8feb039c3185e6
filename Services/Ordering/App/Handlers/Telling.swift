import Access
import Foundation
import Kernel
import Messages
import Messaging
import OrderingDomain
import Programme

/// What a caller is told of a step that was done.
struct OrderAnswer: Codable {
    let orderID: UUID
    let number: String
    let state: String
    let voucherFen: Fen
    let pendingVoucherFen: Fen?
    let dueAt: Date?
}

/// What the audit trail keeps of a decision: by which version of which programme, under which clauses, and what was compared.
struct OrderAudit: Encodable {
    /// One line of the ledger, with the limit it was held against.
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
    /// How long after a deadline its timer fires: what arrived in time is decided first.
    static let graceSeconds = 30

    /// Takes down a decision and says what follows from it: the event, timers, a credit check, the answer, the audit trail.
    mutating func tell(
        _ change: OrderChange, _ say: inout Said, _ complete: (inout OrderAudit) -> Void = { _ in }
    ) throws {
        set(change.order)
        let order = change.order
        let key = order.id.lowercased
        try say.publish(change.event, key: key)
        for timer in change.timers { try Self.send(timer, of: order, key, &say) }
        if change.asksCredit {
            try say.send(
                CheckCredit(
                    orderID: order.id, enterpriseID: order.enterprise.id, programmeID: order.programmeID,
                    programmeVersion: order.programmeVersion), key: key)
        }
        try say.answer(
            OrderAnswer(
                orderID: order.id, number: order.number, state: order.state, voucherFen: order.voucher,
                pendingVoucherFen: order.progress.pendingVoucher, dueAt: change.dueAt))
        var audit = OrderAudit(change, lastTransfers(of: order.id))
        complete(&audit)
        try say.audit(audit)
    }

    /// The transfers of the decision just taken.
    private func lastTransfers(of orderID: UUID) -> ArraySlice<Transfer> {
        let end = ledger.transfers.count
        let before = changes.decisions.dropLast().last?.upTo ?? 0
        return ledger.transfers[min(before, end)..<end]
    }

    private static func send(_ timer: OrderChange.Timer, of order: Order, _ key: String, _ say: inout Said) throws {
        switch timer {
        case .cancel(let rule): try say.send(CancelTimer(owner: OrderingContents.name, name: "order/\(key)/\(rule.id)"), key: key)
        case .schedule(let rule, let deadline):
            guard let due = due(rule, deadline) else { return }
            try say.send(
                ScheduleTimer(
                    owner: OrderingContents.name, name: "order/\(key)/\(rule.id)", subject: key, purpose: "order.\(rule.id)", due: due,
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

    /// Notes that the caller has taken a step as a programme's office, which in a rehearsal makes its organisation that.
    mutating func acted(_ actor: Actor, giving command: String, in programme: Programme, _ say: inout Said) throws {
        guard let organisation = actor.organisation else { return }
        try access.acted(
            organisation, in: actor.roles, as: programme.roles(procedure: Deciding.procedure, command: command), programmeID: programme.id,
            &say)
    }

    /// The caller as a decision about a case of that programme knows it. Throws QUAN-10 for an officer or reviewer of another programme.
    func actor(_ caller: Principal, in programmeID: String) throws(Refusal) -> Actor {
        let principal = try access.judged(caller, in: programmeID)
        return Actor(person: principal.person, organisation: principal.organisation, roles: principal.roles)
    }
}

extension HandlingContext {
    /// Refuses a command that is only for certain services to send (QUAN-10).
    func mustComeFrom(_ services: String...) throws(Refusal) {
        guard services.contains(envelope.source) else {
            throw PlatformRule.notPermitted.refusal().comparing("expected", services.joined(separator: ","), .code)
        }
    }
}
