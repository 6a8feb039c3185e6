import Access
import Foundation
import Kernel
import Messaging
import PayoutDomain
import Postgres
import Programme
import ProgrammeStore

/// The rows a batch of messages works on. Locked in this order: openings, disbursements (and with them their instructions), payees, receipts.
struct PayoutRows: HoldsAccess, HoldsProgrammes {
    var access = AccessRows()
    var programmes = ProgrammeRows()
    var openings = OpeningTable()
    var disbursements = DisbursementTable()
    var instructions = InstructionTable()
    var payees = PayeeTable()
    var names = RegisteredNameTable()
    var receipts = ReceiptTable()
    var statement = StatementTable()
    /// How far the catalogue's events of these institutions have come.
    var heard = HeardEvents()
    var wantedStreams: Set<HeardEvents.Stream> = []

    mutating func load(_ connection: PostgresConnection) async throws {
        try await access.load(connection)
        try await programmes.load(connection)
        try await openings.load(connection)
        try await disbursements.load(connection)
        try await instructions.load(of: disbursements.loaded.map(\.id), connection)
        payees.wanted.formUnion(disbursements.loaded.map(\.institutionID))
        try await payees.load(connection)
        names.wanted.formUnion(disbursements.loaded.map(\.institutionID))
        try await names.load(connection)
        heard = try await HeardEvents.load(wantedStreams, on: connection)
        try await receipts.load(connection)
        try await statement.load(connection)
    }

    func writes() throws -> [PostgresStep] {
        try access.writes() + programmes.writes() + openings.writes + disbursements.writes() + instructions.writes + payees.writes
            + names.writes + receipts.writes
    }

    /// The programme a disbursement stands under. Waits for one that is still on its way.
    func programme(of disbursement: Disbursement) throws -> Programme {
        try programmes.version(disbursement.programmeID, disbursement.programmeVersion, ifUnknown: .wait)
    }

    /// A disbursement, or the refusal that there is none (QUAN-07).
    func disbursement(_ id: UUID) throws -> Disbursement {
        guard let found = disbursements[id] else {
            throw PlatformRule.unknownReference.refusal(LocalisedText(zh: "没有该笔拨付。", en: "There is no such disbursement."))
                .comparing("disbursement", id.uuidString.lowercased(), .code)
        }
        return found
    }
}
