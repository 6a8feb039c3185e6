import Access
import Foundation
import Kernel
import Messaging
import OrderingDomain
import Postgres
import Programme
import ProgrammeStore
import QuotaLedger
import Recovery
import StrictJSON

extension OrderRows {
    /// Loads in two round trips, more only if accounts must be created: first copies, orders and their transfers, then institutions and
    /// accounts. Rows are always locked in the same order.
    mutating func load(_ connection: PostgresConnection) async throws {
        let missing = try await CommandGaps.keys(
            among: Set(rowRequests.lapses.map(\.lowercased)), from: "portal", to: OrderingHandlers.name, on: connection)
        withMissingCommands = rowRequests.lapses.filter { missing.contains($0.lowercased) }
        var queries = PostgresQueryBatch<OrderRows>()
        queries.add(AccessRows.all) { try $0.access.decode($1) }
        queries.add(ProgrammeRows.list) { try $0.programmes.decode($1) }
        if !rowRequests.applied.isEmpty {
            queries.add(AppliedVersions.statement, AppliedVersions.parameters(rowRequests.applied)) { $0.applied = try AppliedVersions($1) }
        }
        queueCopyQueries(&queries)
        queueOrderQueries(&queries)
        try await queries.run(into: &self, on: connection)
        try await programmes.fetchFiles(connection)
        try await loadLedger(connection)
        if rowRequests.ledgerCheck { report = try await LedgerCheck.run(programmes, connection) }
    }

    private func queueCopyQueries(_ queries: inout PostgresQueryBatch<OrderRows>) {
        if !rowRequests.enterprises.isEmpty {
            queries.add(OrderStatements.enterprises, [Self.sorted(rowRequests.enterprises)]) { rows, answer in
                for copy in try answer.map(OrderRowDecoding.enterprise) {
                    rows.enterprises[ProgrammeKey(id: copy.id, programmeID: copy.programmeID)] = copy
                }
            }
        }
        guard !rowRequests.products.isEmpty else { return }
        queries.add(OrderStatements.products, [Self.sorted(rowRequests.products)]) { rows, answer in
            for copy in try answer.map(OrderRowDecoding.product) { rows.products[copy.id] = copy }
        }
        let pairs = Array(rowRequests.pairs)
        queries.add(OrderStatements.firstPlaced, [pairs.map(\.enterprise), pairs.map(\.product)]) { rows, answer in
            for (enterprise, product, placedAt) in try answer.decode(UUID.self, UUID.self, Date.self) {
                rows.firstPlaced[Pair(enterprise: enterprise, product: product)] = try BeijingTime.date(at: placedAt)
            }
        }
    }

    private func queueOrderQueries(_ queries: inout PostgresQueryBatch<OrderRows>) {
        guard !rowRequests.orders.isEmpty else { return }
        let requested = Self.sorted(rowRequests.orders)
        queries.add(OrderStatements.orders, [requested]) { rows, answer in
            for order in try answer.map(OrderRowDecoding.order) { rows.orders[order.id] = order }
        }
        queries.add(OrderStatements.transfers, [requested]) { rows, answer in
            let transfers = Dictionary(grouping: try answer.map(OrderRowDecoding.transfer), by: \.orderID)
            rows.holds = transfers.map { Hold(orderID: $0.key, $0.value) }
        }
    }

    private mutating func loadLedger(_ connection: PostgresConnection) async throws {
        var queries = PostgresQueryBatch<OrderRows>()
        let offering = Set(products.values.map(\.institutionID))
        if !offering.isEmpty {
            queries.add(OrderStatements.institutions, [Self.sorted(offering)]) { rows, answer in
                for copy in try answer.map(OrderRowDecoding.institution) {
                    rows.institutions[ProgrammeKey(id: copy.id, programmeID: copy.programmeID)] = copy
                }
            }
        }
        let requested = requestedAccounts()
        var keys = Set(requested.keys.map(\.text))
        for hold in holds { keys.formUnion(hold.accounts.map(\.text)) }
        if !keys.isEmpty {
            queries.add(OrderStatements.accounts, [keys.sorted()]) { rows, answer in
                rows.ledger = Ledger(accounts: try answer.map(OrderRowDecoding.account), holds: rows.holds)
            }
        }
        try await queries.run(into: &self, on: connection)
        let missing = requested.values.filter { $0.isShared && ledger.accounts[$0.demand.account] == nil }.map(\.demand)
            .sorted { $0.account < $1.account }
        guard !missing.isEmpty else { return }
        // Two batches may create an account at the same time; inserting it before locking it makes both lock the same row.
        try await connection.execute(
            OrderStatements.open, missing.map(\.account.text), missing.map(\.cap), missing.map(\.unit.rawValue),
            missing.map { $0.limit ?? 0 })
        let opened = try await connection.query(OrderStatements.accounts, missing.map(\.account.text)).map(OrderRowDecoding.account)
        ledger = Ledger(accounts: Array(ledger.accounts.values) + opened, holds: holds)
    }

    /// Every account that a decision of this batch may use. Accounts of one enterprise are protected by its lock; the others are shared.
    private func requestedAccounts() -> [AccountKey: (demand: CapDemand, isShared: Bool)] {
        var requested: [AccountKey: (demand: CapDemand, isShared: Bool)] = [:]
        func add(_ demands: [CapDemand], _ programme: Programme) {
            for demand in demands where requested[demand.account] == nil {
                requested[demand.account] = (demand, programme.cap(demand.cap)?.account != .enterpriseYear)
            }
        }
        let known = Dictionary(grouping: programmes.versions, by: \.programmeID).mapValues { versions in
            versions.compactMap { try? programmes.version($0.programmeID, $0.version) }
        }
        for pair in rowRequests.pairs {
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
        for product in rowRequests.stocks.values {
            for programme in known[product.programmeID] ?? [] { add(Deciding.stockAccounts(of: product, in: programme), programme) }
        }
        return requested
    }

    /// Sorted by bytes, as PostgreSQL does.
    static func sorted(_ ids: Set<UUID>) -> [UUID] { ids.sorted { $0.uuidString < $1.uuidString } }
}
