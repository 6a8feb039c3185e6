import Foundation
import Kernel
import Messages
import Season

/// The participants of a season, and the requests and papers they submit.
struct SeasonFixtures: Sendable {
    let season: Season
    let programmeID = "beijing-2026"
    /// The products' ids; empty until they are listed.
    private(set) var products: [UUID] = []

    private static let bureau = UUIDv5.make(namespace: SeasonNames.namespace, name: "bureau")
    private static let agency = UUIDv5.make(namespace: SeasonNames.namespace, name: "agency")

    /// The officer for most actions, and another for approvals that need a second person.
    let officer = Participant(person: "officer-li", organisation: bureau, role: "officer")
    let secondOfficer = Participant(person: "officer-wang", organisation: bureau, role: "officer")
    let reviewer = Participant(person: "reviewer-zhao", organisation: agency, role: "reviewer")

    init(_ season: Season) { self.season = season }

    func institution(_ index: Int) -> Participant {
        Participant(person: "institution-\(index)", organisation: season.institutions[index].id, role: "institution")
    }

    func enterprise(_ index: Int) -> Participant {
        Participant(person: "enterprise-\(index)", organisation: season.enterprises[index].id, role: "enterprise")
    }

    // MARK: before the season

    private struct PayeeBody: Encodable {
        let accountName: String
        let bankCode = "102100099996"
        let accountNumber: String
    }

    /// The requests before the first day, step by step.
    func setUpRequests() throws -> [(step: SetUp, requests: [PortalRequest])] {
        [
            (.institutions, try season.institutions.enumerated().map { try registration($0, $1) }),
            (.payees, try season.institutions.enumerated().map { try payeeRequest($0, $1) }),
            (.products, try season.products.enumerated().map { try listing($0, $1) }),
            (.credit, try season.enterprises.enumerated().compactMap { try creditRecord($0, $1) }),
            (.enterprises, try season.enterprises.enumerated().map { try registration($0, $1) }),
        ]
    }

    enum SetUp: String, Sendable { case institutions, payees, products, credit, enterprises }

    /// Records the answers to the requests of a step.
    mutating func record(_ step: SetUp, _ answers: [PortalAnswer]) {
        if step == .products { products = answers.map(\.id) }
    }

    private func registration(_ index: Int, _ institution: SeasonInstitution) throws -> PortalRequest {
        try PortalRequest(
            officer, "institutions",
            RegisterInstitution(
                institutionID: institution.id, programmeID: programmeID, name: institution.name, creditCode: institution.creditCode),
            key: "institution-\(index)")
    }

    private func payeeRequest(_ index: Int, _ institution: SeasonInstitution) throws -> PortalRequest {
        try PortalRequest(
            self.institution(index), "payees",
            PayeeBody(accountName: institution.name, accountNumber: "6222\(String(100_000_000_000 + index))"), key: "payee-\(index)")
    }

    private func listing(_ index: Int, _ product: SeasonProduct) throws -> PortalRequest {
        try PortalRequest(
            officer, "products",
            ListProduct(
                programmeID: programmeID, institutionID: season.institutions[product.institution].id, name: product.name,
                category: product.category, service: product.service, guideLowFen: product.guideLow, guideHighFen: product.guideHigh,
                stockVouchers: product.stockVouchers),
            key: "product-\(index)")
    }

    private func creditRecord(_ index: Int, _ enterprise: SeasonEnterprise) throws -> PortalRequest? {
        guard enterprise.ineligibility == .taxRecord || enterprise.ineligibility == .debtor else { return nil }
        let entries = enterprise.ineligibility == .taxRecord ? [RecordCredit.Entry(kind: "tax", on: .known("2025-06-30"))] : []
        return try PortalRequest(
            officer, "credit-records",
            RecordCredit(
                creditCode: enterprise.creditCode, entries: entries, lists: enterprise.ineligibility == .debtor ? ["dishonest-debtor"] : []),
            key: "credit-\(index)")
    }

    private func registration(_ index: Int, _ enterprise: SeasonEnterprise) throws -> PortalRequest {
        try PortalRequest(
            self.enterprise(index), "enterprises",
            RegisterEnterprise(
                enterpriseID: enterprise.id, programmeID: programmeID, name: enterprise.name, creditCode: enterprise.creditCode,
                registeredDivision: enterprise.division, industryCode: enterprise.industryCode, employees: enterprise.employees,
                revenueFen: enterprise.revenue, assetsFen: enterprise.assets, isLegalPerson: enterprise.ineligibility != .noLegalPerson,
                establishedOn: .known("2018-05-08")),
            key: "enterprise-\(index)")
    }
}

/// The namespace of the ids of a season's offices.
enum SeasonNames {
    static let namespace = UUIDv5.make(
        namespace: UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)), name: "quan/season/offices")
}
