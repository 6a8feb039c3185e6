import Access
import Foundation
import Kernel
import Messaging
import PayoutDomain
import Postgres
import Programme
import ProgrammeStore

/// The rows a batch works on. They are locked in this order: prerequisites, disbursements (with their instructions), payees, receipts.
struct PayoutRows: HasAccessRows, HasProgrammeRows {
    var access = AccessRows()
    var programmes = ProgrammeRows()
    var prerequisites = PrerequisiteTable()
    var disbursements = DisbursementTable()
    var instructions = InstructionTable()
    var payees = PayeeTable()
    var names = RegisteredNameTable()
    var receipts = ReceiptTable()
    var statement = StatementTable()
    /// The applied versions of the requested institutions' events.
    var applied = AppliedVersions()
    var requestedStreams: Set<AppliedVersions.Stream> = []

    mutating func load(_ connection: PostgresConnection) async throws {
        try await access.load(connection)
        try await programmes.load(connection)
        try await prerequisites.load(connection)
        try await disbursements.load(connection)
        try await instructions.load(of: disbursements.loaded.map(\.id), connection)
        payees.requested.formUnion(disbursements.loaded.map(\.institutionID))
        try await payees.load(connection)
        names.requested.formUnion(disbursements.loaded.map(\.institutionID))
        try await names.load(connection)
        applied = try await AppliedVersions.load(requestedStreams, on: connection)
        try await receipts.load(connection)
        try await statement.load(connection)
    }

    func writes() throws -> [PostgresStep] {
        try access.writes() + programmes.writes() + prerequisites.writes + disbursements.writes() + instructions.writes + payees.writes
            + names.writes + receipts.writes
    }

    /// The programme of a disbursement. Throws a transient failure if it has not arrived yet.
    func programme(of disbursement: Disbursement) throws -> Programme {
        try programmes.version(disbursement.programmeID, disbursement.programmeVersion, ifUnknown: .wait)
    }

    /// A disbursement. Refused (QUAN-07) if there is none.
    func disbursement(_ id: UUID) throws -> Disbursement {
        guard let found = disbursements[id] else {
            throw PlatformRule.unknownReference.refusal(LocalisedText(zh: "没有该笔拨付。", en: "There is no such disbursement."))
                .comparing("disbursement", id.uuidString.lowercased(), .code)
        }
        return found
    }
}
