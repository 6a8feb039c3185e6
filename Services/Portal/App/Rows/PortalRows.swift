import Access
import Foundation
import Messages
import Messaging
import Postgres
import ProgrammeStore

/// What a batch of events changes in the read models. Snapshots replace each other: of each thing the last one of the batch is written.
struct PortalRows: HoldsProgrammes, HoldsAccess {
    /// A thing within a programme.
    struct InProgramme: Hashable {
        let id: UUID
        let programmeID: String
    }

    /// A step of an order, by the version of the event that told it.
    struct TakenStep {
        let orderID: UUID
        let version: Int64
        let event: OrderChanged
    }

    var programmes = ProgrammeRows()
    var access = AccessRows()
    var enterprises: [InProgramme: EnterpriseChanged] = [:]
    var institutions: [InProgramme: InstitutionChanged] = [:]
    var products: [UUID: ProductChanged] = [:]
    var orders: [UUID: OrderSnapshot] = [:]
    var steps: [TakenStep] = []
    var cases: [Case] = []
    var sealingKeys: [(key: PayoutKeyPublished, at: Date)] = []
    var clock: Date?

    init() {}

    mutating func load(_ connection: PostgresConnection) async throws {
        var questions = PostgresQuestions<PortalRows>()
        questions.ask(ProgrammeRows.list) { try $0.programmes.take($1) }
        questions.ask(AccessRows.all) { try $0.access.take($1) }
        try await questions.answer(&self, on: connection)
        try await programmes.fetch(connection)
    }

    func writes() throws -> [PostgresStep] {
        try programmes.writes() + access.writes() + PortalStatements.steps(of: self) + CaseStatements.steps(of: self)
    }
}
