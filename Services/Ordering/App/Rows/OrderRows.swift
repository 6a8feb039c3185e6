import Access
import Foundation
import Kernel
import Messages
import Messaging
import OrderingDomain
import Postgres
import Programme
import ProgrammeStore
import QuotaLedger
import StrictJSON

/// The rows a batch works on: copies of other services' data, orders, and the ledger.
///
/// They are locked in one order: enterprises, orders, accounts, each by key. The enterprise is locked so that concurrent orders of one
/// enterprise agree on which came first (IN-08). The other copies need no lock, because each is changed only by its own ordered events.
struct OrderRows: UnitOfWork, HasAccessRows, HasProgrammeRows {
    /// An enterprise and a product.
    struct Pair: Hashable {
        let enterprise: UUID
        let product: UUID
    }

    /// The rows that handlers have requested.
    struct RowRequests {
        var enterprises: Set<UUID> = []
        var products: Set<UUID> = []
        var pairs: Set<Pair> = []
        var orders: Set<UUID> = []
        var stocks: [UUID: ProductCopy] = [:]
        var ledgerCheck = false
        var applied: Set<AppliedVersions.Stream> = []
        var lapses: Set<UUID> = []
    }

    /// The key of a copy that is kept per programme.
    struct ProgrammeKey: Hashable {
        let id: UUID
        let programmeID: String
    }

    var access = AccessRows()
    var programmes = ProgrammeRows()
    var rowRequests = RowRequests()
    var enterprises: [ProgrammeKey: EnterpriseCopy] = [:]
    var institutions: [ProgrammeKey: InstitutionCopy] = [:]
    var products: [UUID: ProductCopy] = [:]
    /// The states of redemptions to save, by order.
    var redemptions: [UUID: String] = [:]
    var firstPlaced: [Pair: CalendarDate] = [:]
    var orders: [UUID: Order] = [:]
    /// The reservations of the loaded orders.
    var holds: [Hold] = []
    var ledger = Ledger()
    var report: LedgerReport?
    var new: [UUID] = []
    var applied = AppliedVersions()
    /// Requested orders for which accepted commands may be missing, because the log was lost.
    var withMissingCommands: Set<UUID> = []
    var changes = Changes()

    /// The rows to write.
    struct Changes {
        var enterprises: Set<ProgrammeKey> = []
        var institutions: Set<ProgrammeKey> = []
        var products: Set<UUID> = []
        var orders: Set<UUID> = []
        /// The message and time of each decision, with the number of transfers up to its end.
        var decisions: [(upTo: Int, id: UUID, at: Date)] = []
    }

    init() {}

    mutating func requestOrder(_ id: UUID) { rowRequests.orders.insert(id) }

    mutating func requestPlace(_ enterprise: UUID, _ product: UUID) {
        rowRequests.enterprises.insert(enterprise)
        rowRequests.products.insert(product)
        rowRequests.pairs.insert(Pair(enterprise: enterprise, product: product))
    }

    /// Requests the applied versions of the product and the enterprise in the sender's consistency token.
    mutating func requestAppliedVersions(_ input: PlaceOrder) {
        for (stream, _) in Self.seen(by: input) { rowRequests.applied.insert(stream) }
    }

    /// Throws a transient failure if a version of the consistency token has not been applied yet.
    func requireApplied(_ input: PlaceOrder) throws {
        for (stream, version) in Self.seen(by: input) { try applied.require(stream, version) }
    }

    private static func seen(by input: PlaceOrder) -> [(AppliedVersions.Stream, Int64)] {
        [
            (.init(source: "catalogue", key: input.productID.lowercased), input.consistencyToken?.product),
            (.init(source: "identity", key: input.enterpriseID.lowercased), input.consistencyToken?.enterprise),
        ].compactMap { stream, version in version.map { (stream, $0) } }
    }

    /// An order. Refused (QUAN-07) if there is none.
    func order(_ id: UUID) throws(Refusal) -> Order {
        guard let order = orders[id] else { throw Self.unknown("order", id) }
        return order
    }

    static func unknown(_ name: String, _ id: UUID) -> Refusal {
        PlatformRule.unknownReference.refusal().comparing(name, id.lowercased, .code)
    }

    /// The decisions under the programme version of an order. Throws a transient failure if the version has not arrived yet.
    func deciding(_ order: Order, at now: Date) throws -> Deciding {
        let programme = try programmes.version(order.programmeID, order.programmeVersion, ifUnknown: .wait)
        return Deciding(programme: programme, circumstances: Circumstances(now: now))
    }

    /// Saves an order after a decision.
    mutating func set(_ order: Order) {
        if orders.updateValue(order, forKey: order.id) == nil {
            new.append(order.id)
            firstPlaced[Pair(enterprise: order.enterprise.id, product: order.product.id)] = order.firstPlacedOn
        } else {
            changes.orders.insert(order.id)
        }
    }

    /// Runs a decision on the ledger, and records which message its transfers belong to.
    mutating func decide<R>(_ context: HandlingContext, _ decision: (inout Ledger) throws -> R) rethrows -> R {
        let result = try decision(&ledger)
        changes.decisions.append((ledger.transfers.count, context.envelope.id, context.now))
        return result
    }
}

/// The institution of a product has not arrived yet.
struct InstitutionNotArrived: TransientFailure, CustomStringConvertible {
    let id: UUID
    var description: String { "waiting for the institution \(id.lowercased) from the catalogue" }
}
