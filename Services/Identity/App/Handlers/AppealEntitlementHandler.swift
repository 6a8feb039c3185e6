import IdentityDomain
import Messages
import Messaging
import ProgrammeStore

/// Takes down an enterprise's appeal against a refused entitlement (BJ26-26).
struct AppealEntitlementHandler: Handler {
    func wants(_ input: AppealEntitlement, in rows: inout IdentityRows) { rows.registrations.want(key(input)) }

    func handle(_ input: AppealEntitlement, context: HandlingContext, rows: inout IdentityRows, say: inout Said) throws {
        let actor = try rows.actor(of: context, in: input.programmeID)
        let registration = try rows.registered(key(input))
        let programme = try rows.programmes.version(registration.programmeID, registration.programmeVersion, ifUnknown: .wait)
        let appealed = try Registering(programme, now: context.now).appeal(input, by: actor, of: registration)
        rows.registrations.set(appealed)
        try say.tell(appealed, by: actor)
    }

    private func key(_ input: AppealEntitlement) -> RegistrationKey {
        RegistrationKey(enterpriseID: input.enterpriseID, programmeID: input.programmeID)
    }
}
