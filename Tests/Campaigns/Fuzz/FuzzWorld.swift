import Foundation
import Kernel
import TestKit

/// A small season: things in every state, for bad messages to be about.
struct FuzzWorld: Sendable {
    private(set) var products: [String] = []
    private(set) var orders: [String] = []
    private(set) var disbursements: [String] = []
    private(set) var batches: [String] = []
    private(set) var papers: [String] = []
    /// What the canary orders.
    private(set) var canaryProduct = ""
    /// What of it could not be made.
    private(set) var complaints: [String] = []
    private(set) var today = CalendarDate.first

    private static let programme = JSONTree.text("beijing-2026")
    private static let totalFen = 1_500_000
    private static let voucherFen = 450_000

    /// Ids that bad messages may name.
    var ids: [String] { products + orders + disbursements + batches + papers }

    /// Makes it. Something that cannot be made is noted, and what builds on it is left out.
    static func make(on rehearsal: Rehearsal, players: FuzzPlayers, random: SplitMix64) async throws -> FuzzWorld {
        var world = FuzzWorld()
        let desk = FuzzDesk(port: try rehearsal.port(of: "portal"), players: players, random: random)
        var codes = random
        try world.noteToday(desk, players)
        for institution in players.institutions + [players.canaryInstitution] { try world.add(institution, desk, players, &codes) }
        for enterprise in players.enterprises + [players.canary] { try world.add(enterprise, desk, &codes) }
        world.attempt("a disbursement") { world in
            let order = try world.inNotice(desk, players, code: "26110000000000000001")
            world.orders.append(order)
        }
        let (status, said) = try await rehearsal.quan("clock", "advance", "--by", "21d", within: .seconds(300))
        if status != 0 { world.complaints.append("the clock does not move: \(said.suffix(300))") }
        try world.noteToday(desk, players)
        world.attempt("the season's states") { try $0.addStates(desk, players) }
        world.attempt("a batch of payouts") { try $0.addBatch(desk, players) }
        return world
    }

    private mutating func attempt(_ what: String, _ body: (inout FuzzWorld) throws -> Void) {
        do { try body(&self) } catch { complaints.append("\(what): \(error)") }
    }

    private mutating func noteToday(_ desk: FuzzDesk, _ players: FuzzPlayers) throws {
        let clock = try desk.look(players.officer, "clock")
        guard case .object(let fields) = clock,
            let now = fields.lazy.compactMap({
                $0.value.asText.flatMap { try? Date($0, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: $0.contains("."))) }
            }).first
        else { throw CampaignError("GET /clock says no instant: \(clock.written)") }
        today = try BeijingTime.date(at: now)
    }

    // MARK: who and what there is

    private mutating func add(_ institution: FuzzPlayer, _ desk: FuzzDesk, _ players: FuzzPlayers, _ random: inout SplitMix64) throws {
        let name = JSONTree.text("北京服务\(institution.organisation.prefix(6))有限公司")
        try desk.ask(
            players.officer, "institutions",
            .fields(
                ("institutionID", .text(institution.organisation)), ("programmeID", Self.programme), ("name", name),
                ("creditCode", .text(Self.creditCode(&random)))))
        try desk.ask(
            institution, "payees",
            .fields(("accountName", name), ("bankCode", .text("102100099996")), ("accountNumber", .text("6222021234567890128"))))
        let product = try desk.ask(
            players.officer, "products",
            .fields(
                ("programmeID", Self.programme), ("institutionID", .text(institution.organisation)), ("name", .text("能源审计")),
                ("category", .text("energy-audit")), ("guideLowFen", .raw("1000000")), ("guideHighFen", .raw("2000000")),
                ("stockVouchers", .raw("100000"))))
        if institution == players.canaryInstitution { canaryProduct = product.id } else { products.append(product.id) }
    }

    private func add(_ enterprise: FuzzPlayer, _ desk: FuzzDesk, _ random: inout SplitMix64) throws {
        try desk.ask(enterprise, "enterprises", Self.registration(of: enterprise, creditCode: Self.creditCode(&random)))
    }

    static func registration(of enterprise: FuzzPlayer, creditCode: String) -> JSONTree {
        .fields(
            ("programmeID", programme), ("name", .text("北京示例\(enterprise.organisation.prefix(6))有限公司")), ("creditCode", .text(creditCode)),
            ("beneficiary", .text("sme")), ("registeredDivision", .text("110105")), ("industryCode", .text("I65")),
            ("employees", .raw("20")),
            ("revenueFen", .raw("300000000")), ("assetsFen", .raw("100000000")), ("isLegalPerson", .raw("true")),
            ("establishedOn", .text("2018-05-08")))
    }

    static func creditCode(_ random: inout SplitMix64) -> String {
        while true {
            let body = "91110105" + (0..<8).map { _ in String(random.below(10)) }.joined() + "X"
            if let check = CreditCode.checkCharacter(for: body) { return body + String(check) }
        }
    }

    // MARK: orders in every state

    private func placed(_ desk: FuzzDesk, _ enterprise: FuzzPlayer, product: Int = 0) throws -> String {
        let order = try desk.ask(
            enterprise, "orders",
            .fields(("productID", .text(products[product])), ("voucherFen", .raw("\(Self.voucherFen)")), ("contact", .text("赵女士"))))
        try desk.wait(enterprise, "orders/\(order.id)", for: "placed")
        return order.id
    }

    private func accepted(_ desk: FuzzDesk, _ players: FuzzPlayers, by enterprise: FuzzPlayer) throws -> String {
        let order = try placed(desk, enterprise)
        try desk.ask(players.institutions[0], "orders/\(order)/accept", .fields())
        return order
    }

    private func contracted(_ desk: FuzzDesk, _ players: FuzzPlayers, by enterprise: FuzzPlayer) throws -> String {
        let order = try accepted(desk, players, by: enterprise)
        try desk.ask(players.institutions[0], "orders/\(order)/contract", contract)
        return order
    }

    /// What a contract of today says.
    var contract: JSONTree {
        .fields(
            ("productName", .text("能源审计")), ("totalFen", .raw("\(Self.totalFen)")), ("voucherFen", .raw("\(Self.voucherFen)")),
            ("selfPaidFen", .raw("\(Self.totalFen - Self.voucherFen)")), ("signedOn", .text("\(today)")),
            ("serviceFrom", .text("\(today)")),
            ("serviceThrough", .text("\(today)")))
    }

    private mutating func applied(_ desk: FuzzDesk, _ players: FuzzPlayers, by enterprise: FuzzPlayer, code: String) throws -> String {
        let institution = players.institutions[0]
        let order = try contracted(desk, players, by: enterprise)
        try desk.wait(institution, "redemptions/\(order)", for: "awaiting")
        let number = try desk.look(institution, "orders/\(order)")["number"]?.asText ?? ""
        let papers = try ["contract", "receipt", "invoice"].map { document in
            JSONTree.fields(
                ("document", .text(document)),
                ("file", .text(try desk.upload(institution, "\(document) \(order)", name: "\(document).pdf"))),
                ("fileName", .text("\(document).pdf")))
        }
        self.papers += papers.compactMap { $0["file"]?.asText }
        let facts = Self.facts(
            contract: contract, enterprise: enterprise, institution: institution, orderNumber: number, orderedOn: today, invoice: code)
        try desk.ask(institution, "redemptions/\(order)/apply", .fields(("papers", .list(papers)), ("facts", facts)))
        return order
    }

    /// What the papers say of a contract.
    static func facts(
        contract: JSONTree, enterprise: FuzzPlayer, institution: FuzzPlayer, orderNumber: String, orderedOn: CalendarDate, invoice: String
    ) -> JSONTree {
        let buyer = JSONTree.text("北京示例\(enterprise.organisation.prefix(6))有限公司")
        let seller = JSONTree.text("北京服务\(institution.organisation.prefix(6))有限公司")
        let day = JSONTree.text("\(orderedOn)")
        guard case .object(let said) = contract else { return contract }
        let reading = JSONTree.object(
            said + [
                JSONTree.Field("enterpriseName", buyer), JSONTree.Field("institutionName", seller),
                JSONTree.Field("priceFen", .raw("\(totalFen)")), JSONTree.Field("tableOrderNumber", .text(orderNumber)),
                JSONTree.Field("tableOrderedOn", day), JSONTree.Field("tableProductName", .text("能源审计")),
            ])
        return .fields(
            ("contract", reading),
            (
                "receipts",
                .list([
                    .fields(("paidOn", day), ("amountFen", .raw("\(totalFen - voucherFen)")), ("payerName", buyer), ("payeeName", seller))
                ])
            ),
            (
                "invoices",
                .list([
                    .fields(
                        ("number", .text(invoice)), ("issuedOn", day), ("totalFen", .raw("\(totalFen)")), ("kind", .text("fullyDigital")),
                        ("buyerName", buyer), ("sellerName", seller))
                ])
            ))
    }

    private mutating func inNotice(_ desk: FuzzDesk, _ players: FuzzPlayers, code: String) throws -> String {
        let order = try applied(desk, players, by: players.enterprises[0], code: code)
        try desk.ask(players.reviewer, "redemptions/\(order)/determine", .fields(("reason", .text("按合同核定"))))
        for step in ["decide", "publish"] { try desk.ask(players.officer, "redemptions/\(order)/\(step)", .fields()) }
        return order
    }

    private mutating func addStates(_ desk: FuzzDesk, _ players: FuzzPlayers) throws {
        for enterprise in players.enterprises { orders.append(try placed(desk, enterprise)) }
        let cancelled = try placed(desk, players.enterprises[0])
        try desk.ask(players.enterprises[0], "orders/\(cancelled)/cancel", .fields())
        let declined = try placed(desk, players.enterprises[0], product: 1)
        try desk.ask(players.institutions[1], "orders/\(declined)/decline", .fields(("reason", .text("人手不足"))))
        orders += [cancelled, declined, try accepted(desk, players, by: players.enterprises[1])]
        orders.append(try contracted(desk, players, by: players.enterprises[1]))
        orders.append(try applied(desk, players, by: players.enterprises[2], code: "26110000000000000002"))
        orders.append(try inNotice(desk, players, code: "26110000000000000003"))
    }

    private mutating func addBatch(_ desk: FuzzDesk, _ players: FuzzPlayers) throws {
        let end = ContinuousClock.now + .seconds(20)
        repeat {
            disbursements =
                try desk.look(players.officer, "disbursements?limit=200")["items"]?.asList?.compactMap {
                    $0["disbursementID"]?.asText
                } ?? []
            if disbursements.isEmpty { Thread.sleep(forTimeInterval: 0.2) }
        } while disbursements.isEmpty && ContinuousClock.now < end
        guard !disbursements.isEmpty else { throw CampaignError("no disbursement is due") }
        batches.append(try desk.ask(players.officer, "payout-batches", .fields(("programmeID", Self.programme))).id)
    }
}
