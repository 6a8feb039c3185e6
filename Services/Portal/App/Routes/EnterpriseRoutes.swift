import Access
import Foundation
import Hummingbird
import Kernel
import Messages
import StrictJSON

/// Registration of enterprises, entitlements and appeals.
struct EnterpriseRoutes: Sendable {
    let api: PortalAPI

    /// The particulars of an enterprise; its id comes from the token.
    private struct Registration: Decodable {
        let programmeID: String
        let name: String
        let creditCode: String
        let beneficiary: String?
        let registeredDivision: String
        let industryCode: String
        let employees: Int64
        let revenueFen: Fen
        let assetsFen: Fen
        let isLegalPerson: Bool
        let establishedOn: CalendarDate
        let declarations: Set<String>?

        func command(_ enterpriseID: UUID, knownProgrammeVersion: Int64?) -> RegisterEnterprise {
            RegisterEnterprise(
                enterpriseID: enterpriseID, programmeID: programmeID, name: name, creditCode: creditCode, beneficiary: beneficiary ?? "sme",
                registeredDivision: registeredDivision, industryCode: industryCode, employees: employees, revenueFen: revenueFen,
                assetsFen: assetsFen, isLegalPerson: isLegalPerson, establishedOn: establishedOn, declarations: declarations ?? [],
                knownProgrammeVersion: knownProgrammeVersion)
        }
    }

    private struct Appeal: Decodable {
        let programmeID: String
        let reason: String
        let evidence: [String]?
    }

    func add(to routes: APIRoutes) {
        routes.post("enterprises") { request, context in
            let call = try await Call.read(request, context, api, by: .step("certify-enterprise", "register-enterprise"))
            let id = call.principal.organisation
            let registration = try call.decode(Registration.self)
            let version = try await api.appliedVersion(ofProgramme: registration.programmeID)
            let command = registration.command(id, knownProgrammeVersion: version)
            return try await api.submit(command, key: id.lowercased, operation: "register-enterprise", from: call)
        }
        routes.post("appeals") { request, context in
            let call = try await Call.read(request, context, api, by: .step("appeal-entitlement"))
            let id = call.principal.organisation
            let appeal = try call.decode(Appeal.self)
            try await api.keepEvidence(appeal.evidence ?? [], of: id)
            let command = AppealEntitlement(
                enterpriseID: id, programmeID: appeal.programmeID, reason: appeal.reason, evidence: appeal.evidence ?? [])
            return try await api.submit(command, key: id.lowercased, operation: "appeal-entitlement", from: call)
        }
        routes.get("entitlements") { request, _ in
            try await api.list(ReadQuery.entitlements, request, of: try await Call.authenticateReader(request, api))
        }
        routes.get("enterprises") { request, _ in
            let reader = try await Call.authenticateReader(request, api)
            guard ReadAccess(api.readTable[.enterprise], of: reader).hasReaders else { throw PlatformRule.notPermitted.refusal() }
            return try await api.list(ReadQuery.enterprises, request, of: reader, programme: try request.filter("programme"))
        }
    }
}
