import Foundation
import Kernel
import TestKit

/// Objects in every state, to which invalid messages can refer.
struct FuzzFixtures: Sendable {
    private(set) var products: [String] = []
    private(set) var orders: [String] = []
    private(set) var disbursements: [String] = []
    private(set) var batches: [String] = []
    private(set) var papers: [String] = []
    /// The product that the probe orders.
    private(set) var probeProduct = ""
    /// The fixtures that could not be created.
    private(set) var failures: [String] = []
    private(set) var today = CalendarDate.first

    private static let programme = JSONTree.text("beijing-2026")
    private static let totalFen = 1_500_000
    private static let voucherFen = 450_000

    /// Ids to which invalid messages can refer.
    var ids: [String] { products + orders + disbursements + batches + papers }

    /// Creates the fixtures. Failures are recorded, and fixtures that depend on them are omitted.
    static func create(on rehearsal: Rehearsal, participants: FuzzParticipants, random: SplitMix64) async throws -> FuzzFixtures {
        var fixtures = FuzzFixtures()
        let client = FuzzClient(port: try rehearsal.port(of: "portal"), participants: participants, random: random)
        var codes = random
        try fixtures.readToday(client, participants)
        for institution in participants.institutions + [participants.probeInstitution] {
            try fixtures.add(institution, client, participants, &codes)
        }
        for enterprise in participants.enterprises + [participants.probe] { try fixtures.add(enterprise, client, &codes) }
        fixtures.attempt("a disbursement") { fixtures in
            let order = try fixtures.inNotice(client, participants, code: "26110000000000000001")
            fixtures.orders.append(order)
        }
        let (status, output) = try await rehearsal.quan("clock", "advance", "--by", "21d", within: .seconds(300))
        if status != 0 { fixtures.failures.append("the clock was not advanced: \(output.suffix(300))") }
        try fixtures.readToday(client, participants)
        fixtures.attempt("orders in every state") { try $0.addStates(client, participants) }
        fixtures.attempt("a batch of payouts") { try $0.addBatch(client, participants) }
        return fixtures
    }

    private mutating func attempt(_ name: String, _ body: (inout FuzzFixtures) throws -> Void) {
        do { try body(&self) } catch { failures.append("\(name): \(error)") }
    }

    private mutating func readToday(_ client: FuzzClient, _ participants: FuzzParticipants) throws {
        let clock = try client.get(participants.officer, "clock")
        guard case .object(let fields) = clock,
            let now = fields.lazy.compactMap({
                $0.value.asText.flatMap { try? Date($0, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: $0.contains("."))) }
            }).first
        else { throw CampaignError("GET /clock contains no instant: \(clock.written)") }
        today = try BeijingTime.date(at: now)
    }

    // MARK: participants and products

    private mutating func add(
        _ institution: FuzzParticipant, _ client: FuzzClient, _ participants: FuzzParticipants, _ random: inout SplitMix64
    ) throws {
        let name = JSONTree.text("北京服务\(institution.organisation.prefix(6))有限公司")
        try client.post(
            participants.officer, "institutions",
            .fields(
                ("institutionID", .text(institution.organisation)), ("programmeID", Self.programme), ("name", name),
                ("creditCode", .text(Self.creditCode(&random)))))
        try client.post(
            institution, "payees",
            .fields(("accountName", name), ("bankCode", .text("102100099996")), ("accountNumber", .text("6222021234567890128"))))
        let product = try client.post(
            participants.officer, "products",
            .fields(
                ("programmeID", Self.programme), ("institutionID", .text(institution.organisation)), ("name", .text("能源审计")),
                ("category", .text("energy-audit")), ("guideLowFen", .raw("1000000")), ("guideHighFen", .raw("2000000")),
                ("stockVouchers", .raw("100000"))))
        if institution == participants.probeInstitution { probeProduct = product.id } else { products.append(product.id) }
    }

    private func add(_ enterprise: FuzzParticipant, _ client: FuzzClient, _ random: inout SplitMix64) throws {
        try client.post(enterprise, "enterprises", Self.registration(of: enterprise, creditCode: Self.creditCode(&random)))
    }

    static func registration(of enterprise: FuzzParticipant, creditCode: String) -> JSONTree {
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

    private func placed(_ client: FuzzClient, _ enterprise: FuzzParticipant, product: Int = 0) throws -> String {
        let order = try client.post(
            enterprise, "orders",
            .fields(("productID", .text(products[product])), ("voucherFen", .raw("\(Self.voucherFen)")), ("contact", .text("赵女士"))))
        try client.wait(enterprise, "orders/\(order.id)", for: "placed")
        return order.id
    }

    private func accepted(_ client: FuzzClient, _ participants: FuzzParticipants, by enterprise: FuzzParticipant) throws -> String {
        let order = try placed(client, enterprise)
        try client.post(participants.institutions[0], "orders/\(order)/accept", .fields())
        return order
    }

    private func contracted(_ client: FuzzClient, _ participants: FuzzParticipants, by enterprise: FuzzParticipant) throws -> String {
        let order = try accepted(client, participants, by: enterprise)
        try client.post(participants.institutions[0], "orders/\(order)/contract", contract)
        return order
    }

    /// The facts of a contract signed today.
    var contract: JSONTree {
        .fields(
            ("productName", .text("能源审计")), ("totalFen", .raw("\(Self.totalFen)")), ("voucherFen", .raw("\(Self.voucherFen)")),
            ("selfPaidFen", .raw("\(Self.totalFen - Self.voucherFen)")), ("signedOn", .text("\(today)")),
            ("serviceFrom", .text("\(today)")),
            ("serviceThrough", .text("\(today)")))
    }

    private mutating func applied(_ client: FuzzClient, _ participants: FuzzParticipants, by enterprise: FuzzParticipant, code: String)
        throws -> String
    {
        let institution = participants.institutions[0]
        let order = try contracted(client, participants, by: enterprise)
        try client.wait(institution, "redemptions/\(order)", for: "awaiting")
        let number = try client.get(institution, "orders/\(order)")["number"]?.asText ?? ""
        let papers = try ["contract", "receipt", "invoice"].map { document in
            JSONTree.fields(
                ("document", .text(document)),
                ("file", .text(try client.upload(institution, "\(document) \(order)", name: "\(document).pdf"))),
                ("fileName", .text("\(document).pdf")))
        }
        self.papers += papers.compactMap { $0["file"]?.asText }
        let facts = Self.facts(
            contract: contract, enterprise: enterprise, institution: institution, orderNumber: number, orderedOn: today, invoice: code)
        try client.post(institution, "redemptions/\(order)/apply", .fields(("papers", .list(papers)), ("facts", facts)))
        return order
    }

    /// The facts in the papers of a redemption.
    static func facts(
        contract: JSONTree, enterprise: FuzzParticipant, institution: FuzzParticipant, orderNumber: String, orderedOn: CalendarDate,
        invoice: String
    ) -> JSONTree {
        let buyer = JSONTree.text("北京示例\(enterprise.organisation.prefix(6))有限公司")
        let seller = JSONTree.text("北京服务\(institution.organisation.prefix(6))有限公司")
        let day = JSONTree.text("\(orderedOn)")
        guard case .object(let fields) = contract else { return contract }
        let reading = JSONTree.object(
            fields + [
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

    private mutating func inNotice(_ client: FuzzClient, _ participants: FuzzParticipants, code: String) throws -> String {
        let order = try applied(client, participants, by: participants.enterprises[0], code: code)
        try client.post(participants.reviewer, "redemptions/\(order)/determine", .fields(("reason", .text("按合同核定"))))
        for step in ["decide", "publish"] { try client.post(participants.officer, "redemptions/\(order)/\(step)", .fields()) }
        return order
    }

    private mutating func addStates(_ client: FuzzClient, _ participants: FuzzParticipants) throws {
        for enterprise in participants.enterprises { orders.append(try placed(client, enterprise)) }
        let cancelled = try placed(client, participants.enterprises[0])
        try client.post(participants.enterprises[0], "orders/\(cancelled)/cancel", .fields())
        let declined = try placed(client, participants.enterprises[0], product: 1)
        try client.post(participants.institutions[1], "orders/\(declined)/decline", .fields(("reason", .text("人手不足"))))
        orders += [cancelled, declined, try accepted(client, participants, by: participants.enterprises[1])]
        orders.append(try contracted(client, participants, by: participants.enterprises[1]))
        orders.append(try applied(client, participants, by: participants.enterprises[2], code: "26110000000000000002"))
        orders.append(try inNotice(client, participants, code: "26110000000000000003"))
    }

    private mutating func addBatch(_ client: FuzzClient, _ participants: FuzzParticipants) throws {
        let end = ContinuousClock.now + .seconds(20)
        repeat {
            disbursements =
                try client.get(participants.officer, "disbursements?limit=200")["items"]?.asList?.compactMap {
                    $0["disbursementID"]?.asText
                } ?? []
            if disbursements.isEmpty { Thread.sleep(forTimeInterval: 0.2) }
        } while disbursements.isEmpty && ContinuousClock.now < end
        guard !disbursements.isEmpty else { throw CampaignError("no disbursement is due") }
        batches.append(try client.post(participants.officer, "payout-batches", .fields(("programmeID", Self.programme))).id)
    }
}
