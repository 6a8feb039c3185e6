import Access
import CatalogueDomain
import Foundation
import Kernel
import Messaging
import Postgres
import Programme
import ProgrammeStore

/// The rows that a batch of `catalogue` works on.
struct CatalogueRows: HasProgrammeRows, HasAccessRows {
    var programmes = ProgrammeRows()
    var access = AccessRows()
    private(set) var institutions = InstitutionRows()
    private(set) var products = ProductRows()

    mutating func request(_ institution: Institution.ID, creditCode: String? = nil) {
        institutions.request(institution, creditCode: creditCode)
    }
    mutating func request(product id: UUID) { products.request(id) }
    mutating func set(_ institution: Institution) { institutions.set(institution) }
    mutating func set(_ product: Product) { products.set(product) }

    /// An institution of a programme. Throws QUAN-07 where it does not exist.
    func institution(_ id: Institution.ID) throws(Refusal) -> Institution {
        guard let institution = institutions[id] else {
            throw PlatformRule.unknownReference.refusal(
                LocalisedText(zh: "该项目没有登记此机构。", en: "The institution is not registered in this programme."))
        }
        return institution
    }

    /// A product. Throws QUAN-07 where it does not exist.
    func product(_ id: UUID) throws(Refusal) -> Product {
        guard let product = products[id] else {
            throw PlatformRule.unknownReference.refusal(LocalisedText(zh: "没有该产品。", en: "The product does not exist."))
        }
        return product
    }

    /// Records the organisation that acted as a programme's office.
    mutating func acted(_ actor: Principal, as step: Set<String>, in programme: Programme, _ output: inout HandlerOutput) throws {
        try access.recordAction(actor.organisation, in: actor.roles, as: step, programmeID: programme.id, &output)
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
