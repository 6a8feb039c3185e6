import IdentityDomain
import Kernel
import Messages
import Messaging
import Programme
import ProgrammeStore
import StrictJSON

/// Answers ordering whether an enterprise may use a voucher by its credit standing (BJ26-27).
struct CheckCreditHandler: Handler {
    let creditSource: CreditSource

    func requestRows(for input: CheckCredit, in rows: inout IdentityRows) { rows.registrations.request(key(input)) }

    func handle(_ input: CheckCredit, context: HandlingContext, rows: inout IdentityRows, output: inout HandlerOutput) throws {
        guard context.envelope.source == "ordering" else { throw PlatformRule.notPermitted.refusal() }
        let programme = try rows.programmes.version(input.programmeID, input.programmeVersion, ifUnknown: .wait)
        let registration = rows.registrations[key(input)]
        let recorded = registration.flatMap { rows.credit[$0.particulars.creditCode] }
        let refusals = CreditChecking.refusals(
            of: registration, credit: creditSource.standing(recorded: recorded), under: programme, now: context.now)
        try output.send(CreditChecked(orderID: input.orderID, refusals: refusals), key: input.orderID.lowercased)
        try output.audit(["programmeVersion": "\(programme.version)", "wasRecorded": "\(recorded != nil)"])
    }

    private func key(_ input: CheckCredit) -> RegistrationKey {
        RegistrationKey(enterpriseID: input.enterpriseID, programmeID: input.programmeID)
    }
}
