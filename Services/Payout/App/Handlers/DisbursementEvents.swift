import Access
import Foundation
import Kernel
import Messages
import Messaging
import PayoutDomain
import Programme

extension DisbursementSnapshot {
    /// The public data of a disbursement.
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
    /// The data of a payee that approvers may see.
    init(_ payee: Payee) {
        self.init(
            accountName: payee.accountName, bankCode: payee.bankCode, maskedAccount: payee.maskedAccount, fingerprint: payee.fingerprint)
    }
}

extension PayoutRows {
    /// Saves a changed disbursement and writes its event to the output.
    mutating func emit(
        _ disbursement: Disbursement, before: Disbursement?, step: String, reason: String? = nil, at now: Date,
        _ output: inout HandlerOutput
    ) throws {
        var changed = disbursement
        changed.changedAt = max(now, disbursement.changedAt)
        disbursements.put(changed)
        let snapshot = DisbursementSnapshot(changed, last: instructions.of(changed.id).last)
        try output.publish(
            DisbursementChanged(disbursement: snapshot, step: step, from: before?.state, reason: reason, at: changed.changedAt),
            key: changed.id.uuidString.lowercased())
    }
}

extension PayoutRows {
    /// Records that the actor's organisation acted as an office of the programme.
    mutating func recordAction(_ actor: Actor, giving command: String, on disbursements: [Disbursement], _ output: inout HandlerOutput)
        throws
    {
        guard let one = disbursements.first, let organisation = actor.organisation else { return }
        let step = try programme(of: one).roles(procedure: Disbursement.procedure, command: command)
        try access.recordAction(organisation, in: actor.roles, as: step, programmeID: one.programmeID, &output)
    }
}

extension Actor {
    /// The person that the token identifies.
    init(_ principal: Principal) {
        self.init(person: principal.person, organisation: principal.organisation, roles: principal.roles)
    }
}

/// The audit record of a decision about disbursements.
struct PayoutAudit: Codable, Sendable {
    let programme: String
    let version: Int
    let disbursements: [UUID]
    let step: String
    let clauses: [String]
    let person: String
}
