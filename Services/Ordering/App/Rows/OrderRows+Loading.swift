import Access
import Foundation
import Kernel
import Messaging
import OrderingDomain
import Postgres
import Programme
import ProgrammeStore

extension OrderRows {
    /// Loads in two round trips, but for what is new: first copies, orders and what they hold, then by these institutions and accounts. What
    /// locks comes in the same order for everybody.
    mutating func load(_ connection: PostgresConnection) async throws {
        let missing = try await MissingCommands.keys(
            among: Set(wishes.lapses.map(\.lowercased)), from: "portal", to: OrderingContents.name, on: connection)
        unsettled = wishes.lapses.filter { missing.contains($0.lowercased) }
        var questions = PostgresQuestions<OrderRows>()
        questions.ask(AccessRows.all) { try $0.access.take($1) }
        questions.ask(ProgrammeRows.list) { try $0.programmes.take($1) }
        if !wishes.heard.isEmpty {
            questions.ask(HeardEvents.statement, HeardEvents.parameters(wishes.heard)) { $0.heard = try HeardEvents($1) }
        }
        askCopies(&questions)
        askOrders(&questions)
        try await questions.answer(&self, on: connection)
        try await programmes.fetch(connection)
        try await loadLedger(connection)
        if wishes.ledgerCheck { report = try await LedgerCheck.run(programmes, connection) }
    }

    private func askCopies(_ questions: inout PostgresQuestions<OrderRows>) {
        if !wishes.enterprises.isEmpty {
            questions.ask(OrderStatements.enterprises, [Self.sorted(wishes.enterprises)]) { rows, answer in
                for copy in try answer.map(OrderRowReading.enterprise) {
                    rows.enterprises[Member(id: copy.id, programmeID: copy.programmeID)] = copy
                }
            }
        }
        guard !wishes.products.isEmpty else { return }
        questions.ask(OrderStatements.products, [Self.sorted(wishes.products)]) { rows, answer in
            for copy in try answer.map(OrderRowReading.product) { rows.products[copy.id] = copy }
        }
        let pairs = Array(wishes.pairs)
        questions.ask(OrderStatements.firstPlaced, [pairs.map(\.enterprise), pairs.map(\.product)]) { rows, answer in
            for (enterprise, product, placedAt) in try answer.decode(UUID.self, UUID.self, Date.self) {
                rows.firstPlaced[Pair(enterprise: enterprise, product: product)] = try BeijingTime.date(at: placedAt)
            }
        }
    }

    private func askOrders(_ questions: inout PostgresQuestions<OrderRows>) {
        guard !wishes.orders.isEmpty else { return }
        let wanted = Self.sorted(wishes.orders)
        questions.ask(OrderStatements.orders, [wanted]) { rows, answer in
            for order in try answer.map(OrderRowReading.order) { rows.orders[order.id] = order }
        }
        questions.ask(OrderStatements.transfers, [wanted]) { rows, answer in
            let transfers = Dictionary(grouping: try answer.map(OrderRowReading.transfer), by: \.orderID)
            rows.holds = transfers.map { Hold(orderID: $0.key, $0.value) }
        }
    }

    private mutating func loadLedger(_ connection: PostgresConnection) async throws {
        var questions = PostgresQuestions<OrderRows>()
        let offering = Set(products.values.map(\.institutionID))
        if !offering.isEmpty {
            questions.ask(OrderStatements.institutions, [Self.sorted(offering)]) { rows, answer in
                for copy in try answer.map(OrderRowReading.institution) {
                    rows.institutions[Member(id: copy.id, programmeID: copy.programmeID)] = copy
                }
            }
        }
        let wanted = accountsWanted()
        var keys = Set(wanted.keys.map(\.text))
        for hold in holds { keys.formUnion(hold.accounts.map(\.text)) }
        if !keys.isEmpty {
            questions.ask(OrderStatements.accounts, [keys.sorted()]) { rows, answer in
                rows.ledger = Ledger(accounts: try answer.map(OrderRowReading.account), holds: rows.holds)
            }
        }
        try await questions.answer(&self, on: connection)
        let missing = wanted.values.filter { $0.isShared && ledger.accounts[$0.demand.account] == nil }.map(\.demand)
            .sorted { $0.account < $1.account }
        guard !missing.isEmpty else { return }
        // Two batches may open an account at the same time: it is opened before it is locked, so that both lock the same row.
        try await connection.execute(
            OrderStatements.open, missing.map(\.account.text), missing.map(\.cap), missing.map(\.unit.rawValue),
            missing.map { $0.limit ?? 0 })
        let opened = try await connection.query(OrderStatements.accounts, missing.map(\.account.text)).map(OrderRowReading.account)
        ledger = Ledger(accounts: Array(ledger.accounts.values) + opened, holds: holds)
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
