import Access
import IdentityDomain
import Kernel
import Messages
import Messaging
import Programme
import ProgrammeStore

/// Takes down what an officer decides on an appeal (BJ26-26).
struct DecideAppealHandler: JudgesSender {
    let creditSource: CreditSource

    func mayAct(_ input: DecideAppeal, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.mustTake(RegistrationCommand.deciding(input), in: input.programmeID, by: principal.roles)
    }

    func wants(_ input: DecideAppeal, in rows: inout IdentityRows) { rows.registrations.want(key(input)) }

    func handle(_ input: DecideAppeal, context: HandlingContext, rows: inout IdentityRows, say: inout Said) throws {
        let actor = try rows.actor(try sender(of: input, context, in: rows), in: input.programmeID)
        let registration = try rows.registered(key(input))
        let programme = try rows.programmes.version(registration.programmeID, registration.programmeVersion, ifUnknown: .wait)
        let credit = creditSource.standing(recorded: rows.credit[registration.particulars.creditCode])
        let decided = try Registering(programme, now: context.now).decide(input, by: actor, of: registration, credit: credit)
        rows.registrations.set(decided)
        try say.tell(decided, by: actor)
        let step = programme.roles(procedure: RegistrationCommand.procedure, command: RegistrationCommand.deciding(input))
        try rows.access.acted(actor.organisation, in: actor.roles, as: step, programmeID: programme.id, &say)
    }

    private func key(_ input: DecideAppeal) -> RegistrationKey {
        RegistrationKey(enterpriseID: input.enterpriseID, programmeID: input.programmeID)
    }
}
