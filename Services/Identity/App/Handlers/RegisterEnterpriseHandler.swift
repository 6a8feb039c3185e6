import Access
import IdentityDomain
import Kernel
import Messages
import Messaging
import Programme
import ProgrammeStore

/// Registers an enterprise in a programme and judges it at once (BJ26-01, BJ26-25, BJ26-44, BJ26-58).
struct RegisterEnterpriseHandler: JudgesSender {
    let creditSource: CreditSource

    func mayAct(_ input: RegisterEnterprise, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.mustTake(RegistrationCommand.entering, in: input.programmeID, by: principal.roles)
        try Actor(principal).mustActFor(input.enterpriseID)
    }

    func wants(_ input: RegisterEnterprise, in rows: inout IdentityRows) {
        rows.registrations.want(key(input))
        if input.programmeSeen != nil { rows.wantedEvents.insert(Self.programme(input)) }
        guard let code = try? CreditCode(typed: input.creditCode) else { return }
        rows.registrations.want(holderOf: code)
        rows.credit.want(code)
    }

    func handle(_ input: RegisterEnterprise, context: HandlingContext, rows: inout IdentityRows, say: inout Said) throws {
        let actor = try rows.actor(try sender(of: input, context, in: rows), in: input.programmeID)
        if let version = input.programmeSeen { try rows.heard.mustHave(Self.programme(input), version) }
        let programme = try rows.programmes.inForce(input.programmeID, at: context.now)
        let code = try? CreditCode(typed: input.creditCode)
        let registering = Registering(programme, now: context.now)
        let registration = try registering.register(
            input, by: actor, current: rows.registrations[key(input)],
            holder: code.flatMap { rows.registrations.holder(of: $0, in: programme.id) },
            credit: creditSource.standing(recorded: code.flatMap { rows.credit[$0] }))
        rows.registrations.set(registration)
        try say.tell(registration, by: actor)
        if let opens = registering.judgeAgain(registration) { try say.wake(registration, at: opens) }
    }

    private static func programme(_ input: RegisterEnterprise) -> HeardEvents.Stream {
        HeardEvents.Stream(source: "catalogue", key: input.programmeID)
    }

    private func key(_ input: RegisterEnterprise) -> RegistrationKey {
        RegistrationKey(enterpriseID: input.enterpriseID, programmeID: input.programmeID)
    }
}
