import Foundation
import Kernel
import Messages
import Season

/// What the players of a season hold in their hands: who they are, and the requests and papers they hand in.
struct StageProps: Sendable {
    let season: Season
    let programmeID = "beijing-2026"
    /// The products' ids, once they are listed.
    private(set) var products: [UUID] = []

    private static let bureau = UUIDv5.make(namespace: SeasonNames.namespace, name: "bureau")
    private static let agency = UUIDv5.make(namespace: SeasonNames.namespace, name: "agency")

    /// The officer who does most; another one for what needs a second person.
    let officer = Player(person: "officer-li", organisation: bureau, role: "officer")
    let secondOfficer = Player(person: "officer-wang", organisation: bureau, role: "officer")
    let reviewer = Player(person: "reviewer-zhao", organisation: agency, role: "reviewer")

    init(_ season: Season) { self.season = season }

    func institution(_ place: Int) -> Player {
        Player(person: "institution-\(place)", organisation: season.institutions[place].id, role: "institution")
    }

    func enterprise(_ place: Int) -> Player {
        Player(person: "enterprise-\(place)", organisation: season.enterprises[place].id, role: "enterprise")
    }

    // MARK: before the season

    private struct PayeeBody: Encodable {
        let accountName: String
        let bankCode = "102100099996"
        let accountNumber: String
    }

    /// What is done before the first day, group by group.
    func settingUp() throws -> [(title: SetUp, requests: [DeskRequest])] {
        [
            (.institutions, try season.institutions.enumerated().map { try registering($0, $1) }),
            (.payees, try season.institutions.enumerated().map { try paying($0, $1) }),
            (.products, try season.products.enumerated().map { try listing($0, $1) }),
            (.credit, try season.enterprises.enumerated().compactMap { try recordingCredit($0, $1) }),
            (.enterprises, try season.enterprises.enumerated().map { try registering($0, $1) }),
        ]
    }

    enum SetUp: String, Sendable { case institutions, payees, products, credit, enterprises }

    /// Keeps what the answers of a group told.
    mutating func note(_ title: SetUp, _ answers: [DeskAnswer]) {
        if title == .products { products = answers.map(\.id) }
    }

    private func registering(_ place: Int, _ institution: SeasonInstitution) throws -> DeskRequest {
        try DeskRequest(
            officer, "institutions",
            RegisterInstitution(
                institutionID: institution.id, programmeID: programmeID, name: institution.name, creditCode: institution.creditCode),
            key: "institution-\(place)")
    }

    private func paying(_ place: Int, _ institution: SeasonInstitution) throws -> DeskRequest {
        try DeskRequest(
            self.institution(place), "payees",
            PayeeBody(accountName: institution.name, accountNumber: "6222\(String(100_000_000_000 + place))"), key: "payee-\(place)")
    }

    private func listing(_ place: Int, _ product: SeasonProduct) throws -> DeskRequest {
        try DeskRequest(
            officer, "products",
            ListProduct(
                programmeID: programmeID, institutionID: season.institutions[product.institution].id, name: product.name,
                category: product.category, service: product.service, guideLowFen: product.guideLow, guideHighFen: product.guideHigh,
                stockVouchers: product.stockVouchers),
            key: "product-\(place)")
    }

    private func recordingCredit(_ place: Int, _ enterprise: SeasonEnterprise) throws -> DeskRequest? {
        guard enterprise.flaw == .taxRecord || enterprise.flaw == .debtor else { return nil }
        let entries = enterprise.flaw == .taxRecord ? [RecordCredit.Entry(kind: "tax", on: .known("2025-06-30"))] : []
        return try DeskRequest(
            officer, "credit-records",
            RecordCredit(
                creditCode: enterprise.creditCode, entries: entries, lists: enterprise.flaw == .debtor ? ["dishonest-debtor"] : []),
            key: "credit-\(place)")
    }

    private func registering(_ place: Int, _ enterprise: SeasonEnterprise) throws -> DeskRequest {
        try DeskRequest(
            self.enterprise(place), "enterprises",
            RegisterEnterprise(
                enterpriseID: enterprise.id, programmeID: programmeID, name: enterprise.name, creditCode: enterprise.creditCode,
                registeredDivision: enterprise.division, industryCode: enterprise.industryCode, employees: enterprise.employees,
                revenueFen: enterprise.revenue, assetsFen: enterprise.assets, isLegalPerson: enterprise.flaw != .noLegalPerson,
                establishedOn: .known("2018-05-08")),
            key: "enterprise-\(place)")
    }
}

/// The names that ids of a season are made of.
enum SeasonNames {
    static let namespace = UUIDv5.make(
        namespace: UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)), name: "quan/season/offices")
}
