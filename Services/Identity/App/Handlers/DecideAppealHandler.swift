import Access
import IdentityDomain
import Kernel
import Messages
import Messaging
import Programme
import ProgrammeStore

/// Records an officer's decision on an appeal (BJ26-26).
struct DecideAppealHandler: AuthorisesSender {
    let creditSource: CreditSource

    func authorise(_ input: DecideAppeal, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.requirePermission(RegistrationCommand.deciding(input), in: input.programmeID, by: principal.roles)
    }

    func requestRows(for input: DecideAppeal, in rows: inout IdentityRows) { rows.registrations.request(key(input)) }

    func handle(_ input: DecideAppeal, context: HandlingContext, rows: inout IdentityRows, output: inout HandlerOutput) throws {
        let actor = try rows.actor(try sender(of: input, context, in: rows), in: input.programmeID)
        let registration = try rows.registered(key(input))
        let programme = try rows.programmes.version(registration.programmeID, registration.programmeVersion, ifUnknown: .wait)
        let credit = creditSource.standing(recorded: rows.credit[registration.particulars.creditCode])
        let decided = try Registering(programme, now: context.now).decide(input, by: actor, of: registration, credit: credit)
        rows.registrations.set(decided)
        try output.emit(decided, by: actor)
        let step = programme.roles(procedure: RegistrationCommand.procedure, command: RegistrationCommand.deciding(input))
        try rows.access.recordAction(actor.organisation, in: actor.roles, as: step, programmeID: programme.id, &output)
    }

    private func key(_ input: DecideAppeal) -> RegistrationKey {
        RegistrationKey(enterpriseID: input.enterpriseID, programmeID: input.programmeID)
    }
}
