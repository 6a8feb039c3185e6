import Access
import CatalogueDomain
import Foundation
import Kernel
import Messaging
import Postgres
import Programme
import ProgrammeStore

/// What a batch of the catalogue's messages works on.
struct CatalogueRows: HoldsProgrammes, HoldsAccess {
    var programmes = ProgrammeRows()
    var access = AccessRows()
    private(set) var institutions = InstitutionRows()
    private(set) var products = ProductRows()

    mutating func want(_ institution: Institution.ID, creditCode: String? = nil) { institutions.want(institution, creditCode: creditCode) }
    mutating func want(product id: UUID) { products.want(id) }
    mutating func set(_ institution: Institution) { institutions.set(institution) }
    mutating func set(_ product: Product) { products.set(product) }

    /// An institution of a programme; refused under QUAN-07 where there is none.
    func institution(_ id: Institution.ID) throws(Refusal) -> Institution {
        guard let institution = institutions[id] else {
            throw PlatformRule.unknownReference.refusal(
                LocalisedText(zh: "该项目没有登记此机构。", en: "The institution is not registered in this programme."))
        }
        return institution
    }

    /// A product; refused under QUAN-07 where there is none.
    func product(_ id: UUID) throws(Refusal) -> Product {
        guard let product = products[id] else {
            throw PlatformRule.unknownReference.refusal(LocalisedText(zh: "没有该产品。", en: "There is no such product."))
        }
        return product
    }

    /// Notes the organisation that acted as a programme's office.
    mutating func acted(_ actor: Principal, as step: Set<String>, in programme: Programme, _ say: inout Said) throws {
        try access.acted(actor.organisation, in: actor.roles, as: step, programmeID: programme.id, &say)
    }

    mutating func load(_ connection: PostgresConnection) async throws {
        try await programmes.load(connection)
        try await access.load(connection)
        try await institutions.load(connection)
        try await products.load(connection)
    }

    func writes() throws -> [PostgresStep] {
        try programmes.writes() + access.writes() + institutions.writes() + products.writes()
    }
}
