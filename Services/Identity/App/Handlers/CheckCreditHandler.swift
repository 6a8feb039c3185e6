import IdentityDomain
import Kernel
import Messages
import Messaging
import Programme
import ProgrammeStore

/// Tells ordering whether anything speaks against an enterprise that wants to use a voucher (BJ26-27).
struct CheckCreditHandler: Handler {
    let creditSource: CreditSource

    func wants(_ input: CheckCredit, in rows: inout IdentityRows) { rows.registrations.want(key(input)) }

    func handle(_ input: CheckCredit, context: HandlingContext, rows: inout IdentityRows, say: inout Said) throws {
        guard context.envelope.source == "ordering" else { throw PlatformRule.notPermitted.refusal() }
        let programme = try rows.programmes.version(input.programmeID, input.programmeVersion, ifUnknown: .wait)
        let registration = rows.registrations[key(input)]
        let recorded = registration.flatMap { rows.credit[$0.particulars.creditCode] }
        let refusals = CreditChecking.refusals(
            of: registration, credit: creditSource.standing(recorded: recorded), under: programme, now: context.now)
        try say.send(CreditChecked(orderID: input.orderID, refusals: refusals), key: input.orderID.lowercased)
        try say.audit(["programmeVersion": "\(programme.version)", "wasRecorded": "\(recorded != nil)"])
    }

    private func key(_ input: CheckCredit) -> RegistrationKey {
        RegistrationKey(enterpriseID: input.enterpriseID, programmeID: input.programmeID)
    }
}
