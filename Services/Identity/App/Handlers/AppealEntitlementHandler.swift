import Access
import IdentityDomain
import Kernel
import Messages
import Messaging
import ProgrammeStore

/// Records an enterprise's appeal against a refused entitlement (BJ26-26).
struct AppealEntitlementHandler: AuthorisesSender {
    func authorise(_ input: AppealEntitlement, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.requirePermission(RegistrationCommand.appeal, in: input.programmeID, by: principal.roles)
        try Actor(principal).mustActFor(input.enterpriseID)
    }

    func requestRows(for input: AppealEntitlement, in rows: inout IdentityRows) { rows.registrations.request(key(input)) }

    func handle(_ input: AppealEntitlement, context: HandlingContext, rows: inout IdentityRows, output: inout HandlerOutput) throws {
        let actor = try rows.actor(try sender(of: input, context, in: rows), in: input.programmeID)
        let registration = try rows.registered(key(input))
        let programme = try rows.programmes.version(registration.programmeID, registration.programmeVersion, ifUnknown: .wait)
        let appealed = try Registering(programme, now: context.now).appeal(input, by: actor, of: registration)
        rows.registrations.set(appealed)
        try output.emit(appealed, by: actor)
    }

    private func key(_ input: AppealEntitlement) -> RegistrationKey {
        RegistrationKey(enterpriseID: input.enterpriseID, programmeID: input.programmeID)
    }
}
