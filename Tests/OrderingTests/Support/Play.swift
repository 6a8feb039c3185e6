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

/// `ordering` at work on a stage of its own, with everybody it hears from played by the test.
final class Play: Sendable {
    static let others = ["ordering", "catalogue", "identity", "timer", "portal", "redemption", "payout", "quan"]

    let stage: MessagingStage
    let pool: PostgresPool
    let wire: Wire
    let signer = TokenSigner(Curve25519.Signing.PrivateKey())
    private let services = Mutex<[RunningService<OrderRows>]>([])

    private init(_ stage: MessagingStage, _ pool: PostgresPool, _ wire: Wire) { (self.stage, self.pool, self.wire) = (stage, pool, wire) }

    /// Sets the stage with the programme published and a key known, and plays.
    static func with<R: Sendable>(
        _ source: ProgrammeSource? = nil, isRunning: Bool = true, partitions: Int = 8, _ play: (Play) async throws -> R
    ) async throws -> R {
        try await MessagingStage.with(services: others, partitions: partitions) { stage in
            let tables = OrderingTables.all.flatMap(\.migrations).map(\.sql).joined(separator: ";\n")
            let pool = try await stage.database("ordering", tables: tables)
            return try await Wire.with(
                stage, hearing: ["replies", "ordering.events", "timer.commands", "identity.commands", "portal.commands"],
                partitions: partitions
            ) { wire in
                let it = Play(stage, pool, wire)
                if isRunning { try it.start() }
                try await it.tellProgramme(try source ?? Files.source())
                try await wire.tell(
                    it.signer.published(notBefore: try beijing("2026-01-01")), by: "identity", key: it.signer.keyID,
                    at: try beijing("2026-01-02"))
                return try await play(it)
            }
        }
    }

    /// Starts an instance, with small batches where `batchAtMost` says so.
    @discardableResult
    func start(lanes: Int = 2, batchAtMost: Int = 1000, faults: FaultHook? = nil) throws -> RunningService<OrderRows> {
        var options = MessagingOptions.embeddedBroker
        options.commandTimeBounds = .unbounded
        options.lanes = lanes
        options.batchAtMost = batchAtMost
        let service = try stage.start(OrderingContents.contents, on: pool, options: options, faults: faults)
        services.withLock { $0.append(service) }
        return service
    }

    /// What the instances say is wrong with them.
    var problems: [String] { services.withLock { $0 }.flatMap { Array($0.runtime.health.problems.values) } }

    /// Stops all instances, in order.
    func stop() async throws {
        let all = services.withLock { services in
            defer { services = [] }
            return services
        }
        for service in all { try await service.stop() }
    }

    func tellProgramme(_ source: ProgrammeSource) async throws {
        let programme = try source.load().programme
        try await wire.tell(
            ProgrammePublished(programmeID: programme.id, version: programme.version, files: ProgrammeFiles(source)), by: "catalogue",
            key: programme.id, at: try beijing("2026-02-09"))
        let count = services.withLock(\.count)
        if count > 0 {
            try await eventually("the programme has arrived") { try await self.number("select count(*) from programme_version") > 0 }
        }
    }

    /// A token of a person of an organisation, good around an instant.
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

    /// What the ledger's check says, asked for as the operator's tool asks.
    func check() async throws -> LedgerReport {
        let id = try await wire.command(CheckLedger(), by: "quan", key: "check", at: try beijing("2026-05-01"))
        let answer = try await wire.answer(to: id)
        guard let result = answer.result else { throw NotHeard() }
        return try MessageBody.decode(LedgerReport.self, from: Array(result.utf8))
    }
}

/// An enterprise, an institution and a product that all services have told of.
struct Cast: Sendable {
    let programmeID: String
    let enterprise: UUID
    let institution: UUID
    let product: UUID

    static func tell(
        _ play: Play, stock: Int64 = 40, guideHighYuan: Int64 = 100_000, enterprises: Int = 1, programmeID: String = "beijing-2026"
    ) async throws -> (cast: Cast, all: [UUID]) {
        let cast = Cast(programmeID: programmeID, enterprise: UUID(), institution: UUID(), product: UUID())
        let at = try beijing("2026-03-30")
        try await play.wire.tell(
            InstitutionChanged(
                institutionID: cast.institution, programmeID: programmeID, name: "某某服务机构", creditCode: "91110108MA01AAAA1R",
                state: "admitted"), by: "catalogue", key: cast.institution.text, at: at)
        try await play.wire.tell(
            cast.productChanged(stock: stock, guideHighYuan: guideHighYuan), by: "catalogue", key: cast.product.text, at: at)
        let all = [cast.enterprise] + (1..<max(1, enterprises)).map { _ in UUID() }
        try await play.wire.send(try all.map { try play.wire.told(cast.enterpriseChanged($0), by: "identity", key: $0.text, at: at) })
        let count = Int64(all.count)
        try await eventually("everybody is known") {
            let enterprises = try await play.number("select count(*) from enterprise_copy")
            let products = try await play.number("select count(*) from product_copy")
            let institutions = try await play.number("select count(*) from institution_copy")
            let keys = try await play.number("select count(*) from verification_key")
            return enterprises >= count && products >= 1 && institutions >= 1 && keys >= 1
        }
        // Until then what a portal may have sent earlier is being asked for: no deadline is decided, and batches come of it.
        try await eventually("nothing of the portal's may be missing") {
            try await play.number(
                "select count(*) from inbox_watermark where source = 'portal' and topic = 'ordering.commands' and behind_since is null")
                == Int64(Shard.count)
        }
        return (cast, all)
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

extension Play {
    /// Places an order and returns its id, without waiting for the answer.
    func place(_ cast: Cast, fen: Fen, enterprise: UUID? = nil, at now: Date, id: UUID = UUID(), key: String? = nil) async throws -> UUID {
        let buyer = enterprise ?? cast.enterprise
        return try await wire.command(
            PlaceOrder(enterpriseID: buyer, productID: cast.product, voucherFen: fen, contact: "王女士"), by: "portal", key: key ?? id.text,
            id: id, at: now, token: try token(buyer, "enterprise", at: now))
    }

    /// An order that waits for its institution.
    func placed(_ cast: Cast, fen: Fen = yuan(3_000), at now: Date) async throws -> UUID {
        let id = try await place(cast, fen: fen, at: now)
        try await done(id)
        try await done(try await wire.command(CreditChecked(orderID: id, refusals: []), by: "identity", key: id.text, at: now))
        return id
    }

    func decide(
        _ order: UUID, _ decision: DecideOrder.Decision, by organisation: UUID, _ role: String, reason: String? = nil, at now: Date,
        id: UUID = UUID(), key: String? = nil
    ) async throws -> UUID {
        try await wire.command(
            DecideOrder(orderID: order, decision: decision, reason: reason), by: "portal", key: key ?? order.text, id: id, at: now,
            token: try token(organisation, role, at: now))
    }

    /// Waits for the answer, which must be that it was done.
    func done(_ command: UUID) async throws {
        let answer = try await wire.answer(to: command)
        if let refusal = answer.refusal { throw refusal }
    }

    func state(_ order: UUID) async throws -> String? { try await text("select state from orders where id = '\(order.text)'") }
}

extension UUID {
    /// As messages are keyed.
    var text: String { uuidString.lowercased() }
}
