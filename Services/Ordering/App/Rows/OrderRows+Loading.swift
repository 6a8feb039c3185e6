import Access
import Foundation
import Kernel
import Messaging
import OrderingDomain
import Postgres
import Programme
import ProgrammeStore

extension OrderRows {
    /// Loads in steps, each by what the one before has found: copies, orders, what they hold, accounts.
    mutating func load(_ connection: PostgresConnection) async throws {
        try await access.load(connection)
        try await programmes.load(connection)
        heard = try await HeardEvents.load(wishes.heard, on: connection)
        let missing = try await MissingCommands.keys(
            among: Set(wishes.lapses.map(\.lowercased)), from: "portal", to: OrderingContents.name, on: connection)
        unsettled = wishes.lapses.filter { missing.contains($0.lowercased) }
        try await loadCopies(connection)
        try await loadOrders(connection)
        try await loadLedger(connection)
        if wishes.ledgerCheck { report = try await LedgerCheck.run(programmes, connection) }
    }

    private mutating func loadCopies(_ connection: PostgresConnection) async throws {
        if !wishes.enterprises.isEmpty {
            let rows = try await connection.query(OrderStatements.enterprises, Self.sorted(wishes.enterprises))
            for row in rows {
                let copy = try OrderRowReading.enterprise(row)
                enterprises[Member(id: copy.id, programmeID: copy.programmeID)] = copy
            }
        }
        guard !wishes.products.isEmpty else { return }
        for row in try await connection.query(OrderStatements.products, Self.sorted(wishes.products)) {
            let copy = try OrderRowReading.product(row)
            products[copy.id] = copy
        }
        let offering = Set(products.values.map(\.institutionID))
        for row in try await connection.query(OrderStatements.institutions, Self.sorted(offering)) {
            let copy = try OrderRowReading.institution(row)
            institutions[Member(id: copy.id, programmeID: copy.programmeID)] = copy
        }
        let pairs = Array(wishes.pairs)
        let first = try await connection.query(OrderStatements.firstPlaced, pairs.map(\.enterprise), pairs.map(\.product))
        for (enterprise, product, placedAt) in try first.decode(UUID.self, UUID.self, Date.self) {
            firstPlaced[Pair(enterprise: enterprise, product: product)] = try BeijingTime.date(at: placedAt)
        }
    }

    private mutating func loadOrders(_ connection: PostgresConnection) async throws {
        guard !wishes.orders.isEmpty else { return }
        for row in try await connection.query(OrderStatements.orders, Self.sorted(wishes.orders)) {
            let order = try OrderRowReading.order(row)
            orders[order.id] = order
        }
    }

    private mutating func loadLedger(_ connection: PostgresConnection) async throws {
        var holds: [Hold] = []
        if !orders.isEmpty {
            let rows = try await connection.query(OrderStatements.transfers, Self.sorted(Set(orders.keys)))
            let transfers = Dictionary(grouping: try rows.map(OrderRowReading.transfer), by: \.orderID)
            holds = transfers.map { Hold(orderID: $0.key, $0.value) }
        }
        let wanted = accountsWanted()
        var keys = Set(wanted.keys.map(\.text))
        for hold in holds { keys.formUnion(hold.accounts.map(\.text)) }
        guard !keys.isEmpty else { return }
        var accounts = try await self.accounts(keys.sorted(), connection)
        let known = Set(accounts.map(\.key))
        let missing = wanted.values.filter { $0.isShared && !known.contains($0.demand.account) }.map(\.demand)
            .sorted { $0.account < $1.account }
        if !missing.isEmpty {
            // Two batches may open an account at the same time: it is opened before it is locked, so that both lock the same row.
            try await connection.execute(
                OrderStatements.open, missing.map(\.account.text), missing.map(\.cap), missing.map(\.unit.rawValue),
                missing.map { $0.limit ?? 0 })
            accounts += try await self.accounts(missing.map(\.account.text), connection)
        }
        ledger = Ledger(accounts: accounts, holds: holds)
    }

    private func accounts(_ keys: [String], _ connection: PostgresConnection) async throws -> [Account] {
        try await connection.query(OrderStatements.accounts, keys).map(OrderRowReading.account)
    }

    /// Every account that a decision of this batch may come to. One that only a locked enterprise's orders reach is opened by them; the
    /// others are shared.
    private func accountsWanted() -> [AccountKey: (demand: CapDemand, isShared: Bool)] {
        var wanted: [AccountKey: (demand: CapDemand, isShared: Bool)] = [:]
        func add(_ demands: [CapDemand], _ programme: Programme) {
            for demand in demands where wanted[demand.account] == nil {
                wanted[demand.account] = (demand, programme.cap(demand.cap)?.account != .enterpriseYear)
            }
        }
        let known = Dictionary(grouping: programmes.versions, by: \.programmeID).mapValues { versions in
            versions.compactMap { try? programmes.version($0.programmeID, $0.version) }
        }
        for pair in wishes.pairs {
            guard let product = products[pair.product] else { continue }
            for programme in known[product.programmeID] ?? [] {
                add(Deciding.accounts(enterprise: pair.enterprise, product: product, in: programme), programme)
            }
        }
        for order in orders.values {
            for programme in known[order.programmeID] ?? [] where programme.version == order.programmeVersion {
                add(Deciding.accounts(of: order, in: programme), programme)
            }
        }
        for product in wishes.stocks.values {
            for programme in known[product.programmeID] ?? [] { add(Deciding.stockAccounts(of: product, in: programme), programme) }
        }
        return wanted
    }

    /// In the order of their octets, which is PostgreSQL's.
    static func sorted(_ ids: Set<UUID>) -> [UUID] { ids.sorted { $0.uuidString < $1.uuidString } }
}
