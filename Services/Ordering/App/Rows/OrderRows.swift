import Access
import Foundation
import Kernel
import Messages
import Messaging
import OrderingDomain
import Postgres
import Programme
import ProgrammeStore

/// The rows a batch works on: copies of what other services said, orders, and the ledger.
///
/// They are locked in one order: enterprises, orders, accounts, each by its key. The enterprise is locked so that two of its orders that
/// arrive at once agree on which came first (IN-08). Copies are only read here or changed in the order of their own events.
struct OrderRows: WorkingRows, HoldsAccess, HoldsProgrammes {
    /// An enterprise and a product.
    struct Pair: Hashable {
        let enterprise: UUID
        let product: UUID
    }

    /// What handlers have asked for.
    struct Wishes {
        var enterprises: Set<UUID> = []
        var products: Set<UUID> = []
        var pairs: Set<Pair> = []
        var orders: Set<UUID> = []
        var stocks: [UUID: ProductCopy] = [:]
        var ledgerCheck = false
        var heard: Set<HeardEvents.Stream> = []
        var lapses: Set<UUID> = []
    }

    /// A copy's key where a programme is part of it.
    struct Member: Hashable {
        let id: UUID
        let programmeID: String
    }

    var access = AccessRows()
    var programmes = ProgrammeRows()
    var wishes = Wishes()
    var enterprises: [Member: EnterpriseCopy] = [:]
    var institutions: [Member: InstitutionCopy] = [:]
    var products: [UUID: ProductCopy] = [:]
    /// What this batch was told of redemptions: their states, by order.
    var redemptions: [UUID: String] = [:]
    var firstPlaced: [Pair: CalendarDate] = [:]
    var orders: [UUID: Order] = [:]
    /// What the orders hold, as loaded.
    var holds: [Hold] = []
    var ledger = Ledger()
    var report: LedgerReport?
    var new: [UUID] = []
    var heard = HeardEvents()
    /// Orders about which people may have been promised something that has not arrived here.
    var unsettled: Set<UUID> = []
    var changes = Changes()

    /// What has to be written.
    struct Changes {
        var enterprises: Set<Member> = []
        var institutions: Set<Member> = []
        var products: Set<UUID> = []
        var orders: Set<UUID> = []
        /// Whose decision each transfer is, up to that count of them.
        var decisions: [(upTo: Int, id: UUID, at: Date)] = []
    }

    init() {}

    mutating func wantOrder(_ id: UUID) { wishes.orders.insert(id) }

    mutating func wantPlace(_ enterprise: UUID, _ product: UUID) {
        wishes.enterprises.insert(enterprise)
        wishes.products.insert(product)
        wishes.pairs.insert(Pair(enterprise: enterprise, product: product))
    }

    /// What a sender has seen of a product and an enterprise has to have arrived here before its order is decided.
    mutating func wantHeard(_ input: PlaceOrder) {
        for (stream, _) in Self.seen(by: input) { wishes.heard.insert(stream) }
    }

    /// Throws where it has not: it was told, so it is on its way.
    func mustHaveHeard(_ input: PlaceOrder) throws {
        for (stream, version) in Self.seen(by: input) { try heard.mustHave(stream, version) }
    }

    private static func seen(by input: PlaceOrder) -> [(HeardEvents.Stream, Int64)] {
        [
            (.init(source: "catalogue", key: input.productID.lowercased), input.seen?.product),
            (.init(source: "identity", key: input.enterpriseID.lowercased), input.seen?.enterprise),
        ].compactMap { stream, version in version.map { (stream, $0) } }
    }

    /// The order; refused under QUAN-07 where there is none.
    func order(_ id: UUID) throws(Refusal) -> Order {
        guard let order = orders[id] else { throw Self.unknown("order", id) }
        return order
    }

    static func unknown(_ name: String, _ id: UUID) -> Refusal {
        PlatformRule.unknownReference.refusal().comparing(name, id.lowercased, .code)
    }

    /// Decisions about an order, by the version it is under. The service that placed it knew the version, so it is on its way.
    func deciding(_ order: Order, at now: Date) throws -> Deciding {
        let programme = try programmes.version(order.programmeID, order.programmeVersion, ifUnknown: .wait)
        return Deciding(programme: programme, circumstances: Circumstances(now: now))
    }

    /// Takes down an order after a decision.
    mutating func set(_ order: Order) {
        if orders.updateValue(order, forKey: order.id) == nil {
            new.append(order.id)
            firstPlaced[Pair(enterprise: order.enterprise.id, product: order.product.id)] = order.firstPlacedOn
        } else {
            changes.orders.insert(order.id)
        }
    }

    /// Lets a decision work on the ledger, and notes whose the transfers are.
    mutating func decide<R>(_ context: HandlingContext, _ decision: (inout Ledger) throws -> R) rethrows -> R {
        let result = try decision(&ledger)
        changes.decisions.append((ledger.transfers.count, context.envelope.id, context.now))
        return result
    }
}

/// An institution that a product names has not arrived here yet. It was told, so it is on its way.
struct InstitutionNotArrived: TransientFailure, CustomStringConvertible {
    let id: UUID
    var description: String { "waiting for the institution \(id.lowercased), which has not arrived" }
}
