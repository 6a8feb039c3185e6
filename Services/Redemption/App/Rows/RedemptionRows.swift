import Access
import FileStore
import Foundation
import Kernel
import Messages
import Messaging
import Programme
import ProgrammeStore
import RedemptionDomain
import StrictJSON

/// The rows a batch works on: redemptions, the invoices, receipts and files they use, and the named papers in the file store.
///
/// Redemptions are locked in the order of their ids, then invoices by number. If two batches insert the same invoice, receipt or file, the
/// second violates the unique index, is retried, and then finds the row.
struct RedemptionRows: UnitOfWork, HasAccessRows, HasProgrammeRows {
    /// The rows that handlers have requested.
    struct RowRequests {
        var redemptions: Set<UUID> = []
        var invoices: Set<InvoiceNumber> = []
        var receipts: Set<ReceiptLikeness> = []
        var slips: Set<String> = []
        var files: Set<ContentHash> = []
        var store: FileStore?
        var applied: Set<AppliedVersions.Stream> = []
        var lapses: Set<UUID> = []
    }

    /// The rows to write.
    struct Changes {
        var new: [UUID] = []
        var changed: Set<UUID> = []
        /// Redemptions whose invoices and receipts were replaced.
        var applied: Set<UUID> = []
        /// Newly used files and the orders that use them.
        var files: [ContentHash: UUID] = [:]
    }

    var access = AccessRows()
    var programmes = ProgrammeRows()
    var rowRequests = RowRequests()
    var redemptions: [UUID: Redemption] = [:]
    var invoiceOwners: [InvoiceNumber: UUID] = [:]
    var fileOwners: [ContentHash: UUID] = [:]
    var receiptUses = ReceiptUses()
    var files: [ContentHash: StoredFile] = [:]
    /// Which of the loaded redemptions' institutions uploaded a file.
    var uploaders: [ContentHash: Set<UUID>] = [:]
    var applied = AppliedVersions()
    /// Requested orders for which accepted commands may be missing, because the log was lost.
    var withMissingCommands: Set<UUID> = []
    var changes = Changes()

    init() {}

    mutating func request(_ id: UUID) { rowRequests.redemptions.insert(id) }

    mutating func request(_ papers: [RedemptionPaper], in store: FileStore) {
        rowRequests.files.formUnion(papers.map(\.file))
        rowRequests.store = store
    }

    mutating func request(_ facts: RedemptionFacts) {
        rowRequests.invoices.formUnion(facts.invoices.compactMap(\.invoiceNumber))
        rowRequests.receipts.formUnion(facts.receipts.map(\.likeness))
        rowRequests.slips.formUnion(facts.receipts.compactMap(\.slipNumber))
    }

    /// Requests the applied version of the order, if the sender has given the version it has seen.
    mutating func requestAppliedVersions(_ input: ApplyRedemption) {
        if input.knownOrderVersion != nil { rowRequests.applied.insert(Self.stream(of: input.orderID)) }
    }

    /// Throws a transient failure if the version that the sender has seen has not been applied yet.
    func requireApplied(_ input: ApplyRedemption) throws {
        if let version = input.knownOrderVersion { try applied.require(Self.stream(of: input.orderID), version) }
    }

    private static func stream(of order: UUID) -> AppliedVersions.Stream {
        AppliedVersions.Stream(source: "ordering", key: order.lowercased)
    }

    /// The redemption of an order. Refused (QUAN-07) if there is none.
    func redemption(_ id: UUID) throws(Refusal) -> Redemption {
        guard let redemption = redemptions[id] else {
            throw PlatformRule.unknownReference.refusal().comparing("order", id.lowercased, .code)
        }
        return redemption
    }

    /// The decisions under the programme version of an order. Throws a transient failure if the version has not arrived yet.
    func deciding(_ order: OrderSnapshot, at now: Date) throws -> Deciding {
        let programme = try programmes.version(order.programmeID, order.programmeVersion, ifUnknown: .wait)
        return Deciding(programme: programme, circumstances: Circumstances(now: now))
    }

    /// The stored files and existing uses that an application is checked against. A file is the institution's own if it uploaded it.
    func surroundings(of redemption: Redemption) -> Surroundings {
        let institution = redemption.order.institutionID
        return Surroundings(
            files: files.mapValues { file in
                PaperFile(
                    byteCount: file.byteCount, kind: file.kind.rawValue, isOwn: uploaders[file.hash]?.contains(institution) ?? false)
            }, invoiceOwners: invoiceOwners, fileOwners: fileOwners, receipts: receiptUses)
    }

    /// Saves a redemption after a decision.
    mutating func set(_ redemption: Redemption) {
        if redemptions.updateValue(redemption, forKey: redemption.id) == nil {
            changes.new.append(redemption.id)
        } else if !changes.new.contains(redemption.id) {
            changes.changed.insert(redemption.id)
        }
    }

    /// Records the order's invoices and receipts. Those of its previous application are released.
    mutating func recordUse(of facts: RedemptionFacts, by id: UUID) {
        invoiceOwners = invoiceOwners.filter { $0.value != id }
        for number in facts.invoices.compactMap(\.invoiceNumber) { invoiceOwners[number] = id }
        receiptUses.numbers = receiptUses.numbers.filter { $0.value != id }
        receiptUses.alike = receiptUses.alike.mapValues { $0.subtracting([id]) }
        for receipt in facts.receipts {
            if let number = receipt.slipNumber { receiptUses.numbers[number] = id }
            receiptUses.alike[receipt.likeness, default: []].insert(id)
        }
        changes.applied.insert(id)
    }

    /// Records the order's files. They are never released.
    mutating func recordUse(of papers: [RedemptionPaper], by id: UUID) {
        for paper in papers where fileOwners.updateValue(id, forKey: paper.file) == nil { changes.files[paper.file] = id }
    }

    /// The caller as an actor on a redemption. Refuses officers and reviewers of other programmes (QUAN-10).
    func actor(_ caller: Principal, on redemption: Redemption) throws(Refusal) -> Actor {
        let principal = try access.effectivePrincipal(caller, in: redemption.order.programmeID)
        return Actor(person: principal.person, organisation: principal.organisation, roles: principal.roles)
    }
}
