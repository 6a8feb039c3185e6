import Access
import CatalogueDomain
import Kernel
import Messages
import Messaging
import Programme
import ProgrammeStore
import StrictJSON

/// Registers an institution in a programme as admitted.
struct RegisterInstitutionHandler: AuthorisesSender {
    func authorise(_ input: RegisterInstitution, as principal: Principal) throws(Refusal) {
        try ProgrammeRows.requirePermission(Institution.announcing, in: input.programmeID, by: principal.roles)
    }

    func requestRows(for input: RegisterInstitution, in rows: inout CatalogueRows) {
        rows.request(input.id, creditCode: (try? CreditCode(typed: input.creditCode))?.text)
    }

    func handle(_ input: RegisterInstitution, context: HandlingContext, rows: inout CatalogueRows, output: inout HandlerOutput) throws {
        let actor = try rows.access.effectivePrincipal(try sender(of: input, context, in: rows), in: input.programmeID)
        let programme = try rows.programmes.inForce(input.programmeID, at: context.now)
        let code = (try? CreditCode(typed: input.creditCode))?.text
        let institution = try Institution.register(
            input, roles: actor.roles, programme: programme, existing: rows.institutions[input.id],
            sameCode: code.flatMap { rows.institutions.institution(of: input.programmeID, creditCode: $0) })
        rows.set(institution)
        try output.publish(institution.event, key: input.institutionID.lowercased)
        try output.audit(DecisionAudit(programme))
        try rows.acted(
            actor, as: programme.roles(procedure: Institution.application, command: Institution.announcing), in: programme, &output)
    }
}

extension RegisterInstitution {
    fileprivate var id: Institution.ID { Institution.ID(programmeID: programmeID, institutionID: institutionID) }
}
