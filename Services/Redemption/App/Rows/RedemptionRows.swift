import Access
import FileStore
import Foundation
import Kernel
import Messages
import Messaging
import Programme
import ProgrammeStore
import RedemptionDomain

/// The rows a batch works on: redemptions, the invoices and files they use, and what the file store holds of the papers that are named.
///
/// Redemptions are locked in the order of their ids, then invoices by their numbers. Two batches that come upon the same new invoice, receipt or
/// file at once meet at its primary key; the second is tried again and finds it there.
struct RedemptionRows: WorkingRows, HoldsAccess, HoldsProgrammes {
    /// What handlers have asked for.
    struct Wishes {
        var redemptions: Set<UUID> = []
        var invoices: Set<InvoiceNumber> = []
        var receipts: Set<ReceiptLikeness> = []
        var slips: Set<String> = []
        var files: Set<ContentHash> = []
        var store: FileStore?
        var heard: Set<HeardEvents.Stream> = []
        var lapses: Set<UUID> = []
    }

    /// What has to be written.
    struct Changes {
        var new: [UUID] = []
        var changed: Set<UUID> = []
        /// Whose invoices and receipts were handed in anew.
        var applied: Set<UUID> = []
        /// Files that no redemption used before, and the orders that use them now.
        var files: [ContentHash: UUID] = [:]
    }

    var access = AccessRows()
    var programmes = ProgrammeRows()
    var wishes = Wishes()
    var redemptions: [UUID: Redemption] = [:]
    var invoiceOwners: [InvoiceNumber: UUID] = [:]
    var fileOwners: [ContentHash: UUID] = [:]
    var receiptUses = ReceiptUses()
    var files: [ContentHash: StoredFile] = [:]
    /// Which of the institutions at hand uploaded a file.
    var uploaders: [ContentHash: Set<UUID>] = [:]
    var heard = HeardEvents()
    /// Orders about whose redemption people may have been promised something that has not arrived here.
    var unsettled: Set<UUID> = []
    var changes = Changes()

    init() {}

    mutating func want(_ id: UUID) { wishes.redemptions.insert(id) }

    mutating func want(_ papers: [RedemptionPaper], in store: FileStore) {
        wishes.files.formUnion(papers.map(\.file))
        wishes.store = store
    }

    mutating func want(_ facts: RedemptionFacts) {
        wishes.invoices.formUnion(facts.invoices.compactMap(\.invoiceNumber))
        wishes.receipts.formUnion(facts.receipts.map(\.likeness))
        wishes.slips.formUnion(facts.receipts.compactMap(\.slipNumber))
    }

    /// What a sender has seen of an order has to have arrived here before its papers are judged.
    mutating func wantHeard(_ input: ApplyRedemption) {
        if input.orderSeen != nil { wishes.heard.insert(Self.stream(of: input.orderID)) }
    }

    /// Throws where it has not: it was told, so it is on its way.
    func mustHaveHeard(_ input: ApplyRedemption) throws {
        if let version = input.orderSeen { try heard.mustHave(Self.stream(of: input.orderID), version) }
    }

    private static func stream(of order: UUID) -> HeardEvents.Stream { HeardEvents.Stream(source: "ordering", key: order.lowercased) }

    /// The redemption of an order; refused under QUAN-07 where there is none.
    func redemption(_ id: UUID) throws(Refusal) -> Redemption {
        guard let redemption = redemptions[id] else {
            throw PlatformRule.unknownReference.refusal().comparing("order", id.lowercased, .code)
        }
        return redemption
    }

    /// Decisions by the version that an order is under. The service that placed it knew the version, so it is on its way.
    func deciding(_ order: OrderSnapshot, at now: Date) throws -> Deciding {
        let programme = try programmes.version(order.programmeID, order.programmeVersion, ifUnknown: .wait)
        return Deciding(programme: programme, circumstances: Circumstances(now: now))
    }

    /// What is known of papers around a redemption: a file counts as the institution's own where it uploaded it.
    func surroundings(of redemption: Redemption) -> Surroundings {
        let institution = redemption.order.institutionID
        return Surroundings(
            files: files.mapValues { file in
                PaperFile(
                    byteCount: file.byteCount, kind: file.kind.rawValue, isOwn: uploaders[file.hash]?.contains(institution) ?? false)
            }, invoiceOwners: invoiceOwners, fileOwners: fileOwners, receipts: receiptUses)
    }

    /// Takes down a redemption after a decision.
    mutating func set(_ redemption: Redemption) {
        if redemptions.updateValue(redemption, forKey: redemption.id) == nil {
            changes.new.append(redemption.id)
        } else if !changes.new.contains(redemption.id) {
            changes.changed.insert(redemption.id)
        }
    }

    /// Takes down what papers say: invoices and receipts are the order's from now on, those it named before are free again.
    mutating func use(_ facts: RedemptionFacts, by id: UUID) {
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

    /// Takes down that files were handed in: they are the order's for good.
    mutating func use(_ papers: [RedemptionPaper], by id: UUID) {
        for paper in papers where fileOwners.updateValue(id, forKey: paper.file) == nil { changes.files[paper.file] = id }
    }

    /// The caller as a decision about a redemption knows it. Throws QUAN-10 for an officer or reviewer of another programme.
    func actor(_ caller: Principal, on redemption: Redemption) throws(Refusal) -> Actor {
        let principal = try access.judged(caller, in: redemption.order.programmeID)
        return Actor(person: principal.person, organisation: principal.organisation, roles: principal.roles)
    }
}
