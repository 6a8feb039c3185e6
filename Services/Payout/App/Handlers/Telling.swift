import Access
import Foundation
import Kernel
import Messages
import Messaging
import PayoutDomain
import Programme

extension DisbursementSnapshot {
    /// What others may know of a disbursement.
    init(_ disbursement: Disbursement, last: Instruction?) {
        self.init(
            disbursementID: disbursement.id, orderID: disbursement.orderID, programmeID: disbursement.programmeID,
            programmeVersion: disbursement.programmeVersion, institutionID: disbursement.institutionID,
            institutionName: disbursement.institutionName, amountFen: disbursement.amountFen, state: disbursement.state,
            batchID: disbursement.batchID, attempt: disbursement.attempt, instructionID: last?.id, attemptState: last?.state.rawValue,
            bankReference: disbursement.bankReference, owedFen: disbursement.owedFen, returnedFen: disbursement.returnedFen,
            alarm: disbursement.alarm, payee: disbursement.payee.map { PayeeSnapshot($0) },
            isPayeeProposed: disbursement.payeeProposedBy == nil ? nil : true)
    }
}

extension PayeeSnapshot {
    /// What approvers may know of a payee.
    init(_ payee: Payee) {
        self.init(
            accountName: payee.accountName, bankCode: payee.bankCode, maskedAccount: payee.maskedAccount, fingerprint: payee.fingerprint)
    }
}

extension PayoutRows {
    /// Keeps a changed disbursement, and tells all services.
    mutating func keep(
        _ disbursement: Disbursement, before: Disbursement?, step: String, reason: String? = nil, at now: Date, _ say: inout Said
    ) throws {
        var changed = disbursement
        changed.changedAt = max(now, disbursement.changedAt)
        disbursements.put(changed)
        let snapshot = DisbursementSnapshot(changed, last: instructions.of(changed.id).last)
        try say.publish(
            DisbursementChanged(disbursement: snapshot, step: step, from: before?.state, reason: reason, at: changed.changedAt),
            key: changed.id.uuidString.lowercased())
    }
}

extension PayoutRows {
    /// Notes the organisation that acted as a programme's office.
    mutating func acted(_ actor: Actor, giving command: String, on disbursements: [Disbursement], _ say: inout Said) throws {
        guard let one = disbursements.first, let organisation = actor.organisation else { return }
        let step = try programme(of: one).roles(procedure: Disbursement.procedure, command: command)
        try access.acted(organisation, in: actor.roles, as: step, programmeID: one.programmeID, &say)
    }
}

extension Actor {
    /// The person that a token names.
    init(_ principal: Principal) {
        self.init(person: principal.person, organisation: principal.organisation, roles: principal.roles)
    }
}

/// What the audit trail keeps of a decision on a disbursement.
struct PayoutAudit: Codable, Sendable {
    let programme: String
    let version: Int
    let disbursements: [UUID]
    let step: String
    let clauses: [String]
    let person: String
}
