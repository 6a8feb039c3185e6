import Access
import Crypto
import Foundation
import Kafka
import Kernel
import Messages
import Messaging
import Postgres
import Programme
import ProgrammeStore
import ServiceHost
import Synchronization
import TestKit

@testable import Ordering

/// Runs `ordering` with a broker and a database of its own; the test acts as all other services.
final class OrderingFixture: Sendable {
    static let others = ["ordering", "catalogue", "identity", "timer", "portal", "redemption", "payout", "quan"]

    let messaging: MessagingFixture
    let pool: PostgresPool
    let peer: MessagingPeer
    let signer = TokenSigner(Curve25519.Signing.PrivateKey())
    private let services = Mutex<[RunningService<OrderRows>]>([])

    private init(_ messaging: MessagingFixture, _ pool: PostgresPool, _ peer: MessagingPeer) {
        (self.messaging, self.pool, self.peer) = (messaging, pool, peer)
    }

    /// Starts the service, publishes the programme and a verification key, and runs the test.
    static func with<R: Sendable>(
        _ source: ProgrammeSource? = nil, isRunning: Bool = true, partitions: Int = 8, _ test: (OrderingFixture) async throws -> R
    ) async throws -> R {
        try await MessagingFixture.with(services: others, partitions: partitions) { messaging in
            let tables = OrderingTables.all.flatMap(\.migrations).map(\.sql).joined(separator: ";\n")
            let pool = try await messaging.database("ordering", tables: tables)
            return try await MessagingPeer.with(
                messaging, receiving: ["replies", "ordering.events", "timer.commands", "identity.commands", "portal.commands"],
                partitions: partitions
            ) { peer in
                let fixture = OrderingFixture(messaging, pool, peer)
                if isRunning { try fixture.start() }
                try await fixture.publishProgramme(try source ?? TestProgrammes.source())
                try await peer.publish(
                    fixture.signer.published(notBefore: try beijing("2026-01-01")), by: "identity", key: fixture.signer.keyID,
                    at: try beijing("2026-01-02"))
                return try await test(fixture)
            }
        }
    }

    /// Starts an instance.
    @discardableResult
    func start(workers: Int = 2, batchAtMost: Int = 1000, faults: FaultHook? = nil) throws -> RunningService<OrderRows> {
        var options = MessagingOptions.embeddedBroker
        options.commandTimeBounds = .unbounded
        options.workers = workers
        options.batchAtMost = batchAtMost
        let service = try messaging.start(OrderingHandlers.registry, on: pool, options: options, faults: faults)
        services.withLock { $0.append(service) }
        return service
    }

    /// The health problems of the instances.
    var problems: [String] { services.withLock { $0 }.flatMap { Array($0.runtime.health.problems.values) } }

    /// Stops all instances.
    func stop() async throws {
        let all = services.withLock { services in
            defer { services = [] }
            return services
        }
        for service in all { try await service.stop() }
    }

    func publishProgramme(_ source: ProgrammeSource) async throws {
        let programme = try source.load().programme
        try await peer.publish(
            ProgrammePublished(programmeID: programme.id, version: programme.version, files: ProgrammeFiles(source)), by: "catalogue",
            key: programme.id, at: try beijing("2026-02-09"))
        let count = services.withLock(\.count)
        if count > 0 {
            try await eventually("the programme has arrived") { try await self.number("select count(*) from programme_version") > 0 }
        }
    }

    /// A token of a person of an organisation, valid around an instant.
    func token(_ organisation: UUID, _ role: String, at now: Date, by signer: TokenSigner? = nil) throws -> String {
        try (signer ?? self.signer).token(
            TokenClaims(
                principal: Principal(person: "p-\(role)", organisation: organisation, roles: [role]), issuedAt: now.addingTimeInterval(-60),
                expiresAt: now.addingTimeInterval(900), tokenID: UUID()))
    }

    /// One number from the database.
    func number(_ sql: String) async throws -> Int64 {
        try await pool.withConnection { connection in
            try await connection.query(PostgresStatement("test.number", sql)).first?.decode(column: 0, as: Int64.self) ?? 0
        }
    }

    func text(_ sql: String) async throws -> String? {
        try await pool.withConnection { connection in
            try await connection.query(PostgresStatement("test.text", sql)).first?.decode(column: 0, as: String?.self) ?? nil
        }
    }

    /// Runs the ledger check as the operator's tool does.
    func check() async throws -> LedgerReport {
        let id = try await peer.command(CheckLedger(), by: "quan", key: "check", at: try beijing("2026-05-01"))
        let answer = try await peer.answer(to: id)
        guard let result = answer.result else { throw NotReceived() }
        return try MessageBody.decode(LedgerReport.self, from: Array(result.utf8))
    }
}

/// An enterprise, an institution and a product that the other services have published.
struct Participants: Sendable {
    let programmeID: String
    let enterprise: UUID
    let institution: UUID
    let product: UUID

    static func publish(
        _ fixture: OrderingFixture, stock: Int64 = 40, guideHighYuan: Int64 = 100_000, enterprises: Int = 1,
        programmeID: String = "beijing-2026"
    ) async throws -> (participants: Participants, all: [UUID]) {
        let participants = Participants(programmeID: programmeID, enterprise: UUID(), institution: UUID(), product: UUID())
        let at = try beijing("2026-03-30")
        try await fixture.peer.publish(
            InstitutionChanged(
                institutionID: participants.institution, programmeID: programmeID, name: "某某服务机构", creditCode: "91110108MA01AAAA1R",
                state: "admitted"), by: "catalogue", key: participants.institution.text, at: at)
        try await fixture.peer.publish(
            participants.productChanged(stock: stock, guideHighYuan: guideHighYuan), by: "catalogue", key: participants.product.text, at: at
        )
        let all = [participants.enterprise] + (1..<max(1, enterprises)).map { _ in UUID() }
        try await fixture.peer.send(
            try all.map { try fixture.peer.eventRecord(participants.enterpriseChanged($0), by: "identity", key: $0.text, at: at) })
        let count = Int64(all.count)
        try await eventually("all copies have arrived") {
            let enterprises = try await fixture.number("select count(*) from enterprise_copy")
            let products = try await fixture.number("select count(*) from product_copy")
            let institutions = try await fixture.number("select count(*) from institution_copy")
            let keys = try await fixture.number("select count(*) from verification_key")
            return enterprises >= count && products >= 1 && institutions >= 1 && keys >= 1
        }
        // Until then earlier commands of the portal may be missing, so no deadline is decided.
        try await eventually("no command of the portal may be missing") {
            try await fixture.number(
                "select count(*) from inbox_watermark where source = 'portal' and topic = 'ordering.commands' and behind_since is null")
                == Int64(Shard.count)
        }
        return (participants, all)
    }

    func productChanged(stock: Int64, guideHighYuan: Int64 = 100_000, state: String = "listed") -> ProductChanged {
        ProductChanged(
            productID: product, programmeID: programmeID, institutionID: institution, name: "大模型部署服务", category: "llm-applications",
            service: "llm-deployment", guideLowFen: yuan(100), guideHighFen: yuan(guideHighYuan), stockVouchers: stock, state: state)
    }

    func enterpriseChanged(_ id: UUID, state: String = "entitled") -> EnterpriseChanged {
        EnterpriseChanged(
            enterpriseID: id, programmeID: programmeID, programmeVersion: 1, name: "北京某某科技有限公司", creditCode: "91110108MA01ABCD1X",
            state: state, sizeClass: "small", tier: "every-sme", quotaFen: yuan(200_000))
    }
}

extension OrderingFixture {
    /// Places an order and returns its id, without waiting for the answer.
    func place(_ participants: Participants, fen: Fen, enterprise: UUID? = nil, at now: Date, id: UUID = UUID(), key: String? = nil)
        async throws -> UUID
    {
        let buyer = enterprise ?? participants.enterprise
        return try await peer.command(
            PlaceOrder(enterpriseID: buyer, productID: participants.product, voucherFen: fen, contact: "王女士"), by: "portal",
            key: key ?? id.text,
            id: id, at: now, token: try token(buyer, "enterprise", at: now))
    }

    /// Places an order and confirms its credit check.
    func placed(_ participants: Participants, fen: Fen = yuan(3_000), at now: Date) async throws -> UUID {
        let id = try await place(participants, fen: fen, at: now)
        try await done(id)
        try await done(try await peer.command(CreditChecked(orderID: id, refusals: []), by: "identity", key: id.text, at: now))
        return id
    }

    func decide(
        _ order: UUID, _ decision: DecideOrder.Decision, by organisation: UUID, _ role: String, reason: String? = nil, at now: Date,
        id: UUID = UUID(), key: String? = nil
    ) async throws -> UUID {
        try await peer.command(
            DecideOrder(orderID: order, decision: decision, reason: reason), by: "portal", key: key ?? order.text, id: id, at: now,
            token: try token(organisation, role, at: now))
    }

    /// Waits for the answer, and throws its refusal.
    func done(_ command: UUID) async throws {
        let answer = try await peer.answer(to: command)
        if let refusal = answer.refusal { throw refusal }
    }

    func state(_ order: UUID) async throws -> String? { try await text("select state from orders where id = '\(order.text)'") }
}

extension UUID {
    /// The id as a message key.
    var text: String { uuidString.lowercased() }
}
