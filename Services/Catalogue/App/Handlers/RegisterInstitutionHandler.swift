import Access
import CatalogueDomain
import Kernel
import Messages
import Messaging
import Programme
import ProgrammeStore

/// Takes an institution into a programme as admitted.
struct RegisterInstitutionHandler: JudgesSender {
    func mayAct(_ input: RegisterInstitution, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.mustTake(Institution.announcing, in: input.programmeID, by: principal.roles)
    }

    func wants(_ input: RegisterInstitution, in rows: inout CatalogueRows) {
        rows.want(input.id, creditCode: (try? CreditCode(typed: input.creditCode))?.text)
    }

    func handle(_ input: RegisterInstitution, context: HandlingContext, rows: inout CatalogueRows, say: inout Said) throws {
        let actor = try rows.access.judged(try sender(of: input, context, in: rows), in: input.programmeID)
        let programme = try rows.programmes.inForce(input.programmeID, at: context.now)
        let code = (try? CreditCode(typed: input.creditCode))?.text
        let institution = try Institution.register(
            input, roles: actor.roles, programme: programme, existing: rows.institutions[input.id],
            sameCode: code.flatMap { rows.institutions.institution(of: input.programmeID, creditCode: $0) })
        rows.set(institution)
        try say.publish(institution.event, key: input.institutionID.lowercased)
        try say.audit(DecidedUnder(programme))
        try rows.acted(
            actor, as: programme.roles(procedure: Institution.application, command: Institution.announcing), in: programme, &say)
    }
}

extension RegisterInstitution {
    /// Which institution.
    fileprivate var id: Institution.ID { Institution.ID(programmeID: programmeID, institutionID: institutionID) }
}
