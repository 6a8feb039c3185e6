import Access
import IdentityDomain
import Kernel
import Messages
import Messaging
import Programme
import ProgrammeStore

/// Registers an enterprise in a programme and decides its entitlement at once (BJ26-01, BJ26-25, BJ26-44, BJ26-58).
struct RegisterEnterpriseHandler: AuthorisesSender {
    let creditSource: CreditSource

    func authorise(_ input: RegisterEnterprise, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.requirePermission(RegistrationCommand.entering, in: input.programmeID, by: principal.roles)
        try Actor(principal).mustActFor(input.enterpriseID)
    }

    func requestRows(for input: RegisterEnterprise, in rows: inout IdentityRows) {
        rows.registrations.request(key(input))
        if input.knownProgrammeVersion != nil { rows.requestedEvents.insert(Self.programme(input)) }
        guard let code = try? CreditCode(typed: input.creditCode) else { return }
        rows.registrations.request(holderOf: code)
        rows.credit.request(code)
    }

    func handle(_ input: RegisterEnterprise, context: HandlingContext, rows: inout IdentityRows, output: inout HandlerOutput) throws {
        let actor = try rows.actor(try sender(of: input, context, in: rows), in: input.programmeID)
        if let version = input.knownProgrammeVersion { try rows.applied.require(Self.programme(input), version) }
        let programme = try rows.programmes.inForce(input.programmeID, at: context.now)
        let code = try? CreditCode(typed: input.creditCode)
        let registering = Registering(programme, now: context.now)
        let registration = try registering.register(
            input, by: actor, current: rows.registrations[key(input)],
            holder: code.flatMap { rows.registrations.holder(of: $0, in: programme.id) },
            credit: creditSource.standing(recorded: code.flatMap { rows.credit[$0] }))
        rows.registrations.set(registration)
        try output.emit(registration, by: actor)
        if let opens = registering.judgeAgain(registration) { try output.scheduleOpeningTimer(for: registration, at: opens) }
    }

    private static func programme(_ input: RegisterEnterprise) -> AppliedVersions.Stream {
        AppliedVersions.Stream(source: "catalogue", key: input.programmeID)
    }

    private func key(_ input: RegisterEnterprise) -> RegistrationKey {
        RegistrationKey(enterpriseID: input.enterpriseID, programmeID: input.programmeID)
    }
}
