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
/// Redemptions are locked in the order of their ids, then invoices by their numbers. Two batches that come upon the same new invoice at once meet
/// at its primary key; the second is tried again and finds it there.
struct RedemptionRows: WorkingRows, HoldsAccess, HoldsProgrammes {
    /// What handlers have asked for.
    struct Wishes {
        var redemptions: Set<UUID> = []
        var invoices: Set<InvoiceNumber> = []
        var files: Set<ContentHash> = []
        var store: FileStore?
        var heard: Set<HeardEvents.Stream> = []
        var lapses: Set<UUID> = []
    }

    /// What has to be written.
    struct Changes {
        var new: [UUID] = []
        var changed: Set<UUID> = []
        /// Whose invoices and papers were handed in anew.
        var applied: Set<UUID> = []
    }

    var access = AccessRows()
    var programmes = ProgrammeRows()
    var wishes = Wishes()
    var redemptions: [UUID: Redemption] = [:]
    var invoiceOwners: [InvoiceNumber: UUID] = [:]
    var fileOwners: [ContentHash: Set<UUID>] = [:]
    var files: [ContentHash: PaperFile] = [:]
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

    mutating func want(_ invoices: [InvoiceReading]) { wishes.invoices.formUnion(invoices.compactMap(\.invoiceNumber)) }

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

    var surroundings: Surroundings { Surroundings(files: files, invoiceOwners: invoiceOwners, fileOwners: fileOwners) }

    /// Takes down a redemption after a decision.
    mutating func set(_ redemption: Redemption) {
        if redemptions.updateValue(redemption, forKey: redemption.id) == nil {
            changes.new.append(redemption.id)
        } else if !changes.new.contains(redemption.id) {
            changes.changed.insert(redemption.id)
        }
    }

    /// Takes down that papers were handed in: their invoices are the order's from now on, those it named before are free again.
    mutating func use(_ facts: RedemptionFacts, _ papers: [RedemptionPaper], by id: UUID) {
        invoiceOwners = invoiceOwners.filter { $0.value != id }
        for number in facts.invoices.compactMap(\.invoiceNumber) { invoiceOwners[number] = id }
        for paper in papers { fileOwners[paper.file, default: []].insert(id) }
        changes.applied.insert(id)
    }

    /// The caller as a decision about a redemption knows it. Throws QUAN-10 for an officer or reviewer of another programme.
    func actor(_ caller: Principal, on redemption: Redemption) throws(Refusal) -> Actor {
        let principal = try access.judged(caller, in: redemption.order.programmeID)
        return Actor(person: principal.person, organisation: principal.organisation, roles: principal.roles)
    }
}
