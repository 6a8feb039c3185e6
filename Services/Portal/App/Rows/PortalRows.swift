import Access
import Foundation
import Messages
import Messaging
import Postgres
import ProgrammeStore

/// The changes that a batch of events makes to the read models. For each key only the last snapshot of the batch is written.
struct PortalRows: HasProgrammeRows, HasAccessRows {
    /// The id of an enterprise or institution within one programme.
    struct ProgrammeScopedID: Hashable {
        let id: UUID
        let programmeID: String
    }

    /// A step of an order, with the version of its event.
    struct TakenStep {
        let orderID: UUID
        let version: Int64
        let event: OrderChanged
    }

    var programmes = ProgrammeRows()
    var access = AccessRows()
    var enterprises: [ProgrammeScopedID: EnterpriseChanged] = [:]
    var institutions: [ProgrammeScopedID: InstitutionChanged] = [:]
    var products: [UUID: ProductChanged] = [:]
    var orders: [UUID: OrderSnapshot] = [:]
    var steps: [TakenStep] = []
    var cases: [Case] = []
    var sealingKeys: [(key: PayoutKeyPublished, at: Date)] = []
    var clock: Date?

    init() {}

    mutating func load(_ connection: PostgresConnection) async throws {
        var queries = PostgresQueryBatch<PortalRows>()
        queries.add(ProgrammeRows.list) { try $0.programmes.decode($1) }
        queries.add(AccessRows.all) { try $0.access.decode($1) }
        try await queries.run(into: &self, on: connection)
        try await programmes.fetchFiles(connection)
    }

    func writes() throws -> [PostgresStep] {
        try programmes.writes() + access.writes() + PortalStatements.steps(of: self) + CaseStatements.steps(of: self)
    }
}
