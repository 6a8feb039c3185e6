import Access
import Crypto
import Foundation
import Kafka
import Kernel
import Messages
import Messaging
import Postgres
import ProgrammeStore
import StrictJSON

/// Commands to place orders, each by another enterprise with its own token, as the portal's relay publishes them; and the rows that the
/// service needs to decide them.
struct OrderRecords: Sendable {
    /// Every tenth order exceeds the enterprise's yearly quota.
    static let refusedOneIn = 10
    private static let partitions = 8

    let records: [KafkaProducerRecord]
    private let products: Int
    private let signer: TokenSigner
    private let now: Date

    init(count: Int, products: Int) throws {
        Progress.report("signing \(count) tokens")
        self.products = products
        signer = TokenSigner(Curve25519.Signing.PrivateKey())
        now = Date()
        var sequences: [Int16: Int64] = [:]
        var ids = UUIDv7Generator()
        var random = SystemRandomNumberGenerator()
        var records: [KafkaProducerRecord] = []
        records.reserveCapacity(count)
        for number in 0..<count {
            let key = Self.enterprise(number).uuidString.lowercased()
            let shard = Shard.of(key)
            sequences[shard, default: 0] += 1
            records.append(
                try Self.record(
                    number, key, shard, sequences[shard] ?? 0, id: ids.next(at: now, using: &random), products: products, signer, now))
        }
        self.records = records
    }

    private static func record(
        _ number: Int, _ key: String, _ shard: Int16, _ sequence: Int64, id: UUID, products: Int, _ signer: TokenSigner, _ now: Date
    ) throws -> KafkaProducerRecord {
        let enterprise = enterprise(number)
        let fen = (number + 1).isMultiple(of: refusedOneIn) ? Fen(20_000_001) : Fen(300_000)
        let token = try signer.token(
            TokenClaims(
                principal: Principal(person: "person-\(number)", organisation: enterprise, roles: ["enterprise"]),
                issuedAt: now.addingTimeInterval(-60), expiresAt: now.addingTimeInterval(840), tokenID: UUID()))
        let body = try MessageBody.encode(
            PlaceOrder(enterpriseID: enterprise, productID: product(number % products), voucherFen: fen, contact: "王女士"))
        let headers = [
            KafkaHeader("ce_specversion", "1.0"), KafkaHeader("ce_id", id.uuidString.lowercased()), KafkaHeader("ce_source", "portal"),
            KafkaHeader("ce_type", PlaceOrder.type.description), KafkaHeader("ce_time", WireTime.text(now)),
            KafkaHeader("content-type", "application/json"), KafkaHeader("ce_shard", String(shard)),
            KafkaHeader("ce_sequence", String(sequence)), KafkaHeader("traceparent", SampleMessage.traceparent),
            KafkaHeader("ce_token", token),
        ]
        return KafkaProducerRecord(
            topic: PlaceOrder.topic, partition: Shard.partition(of: shard, partitions: partitions), key: Array(key.utf8), value: body,
            headers: headers)
    }

    static func enterprise(_ number: Int) -> UUID { id("0000000e", number) }
    static func product(_ number: Int) -> UUID { id("0000000d", number) }
    private static let institution = id("0000000c", 1)

    private static func id(_ kind: String, _ number: Int) -> UUID {
        let digits = String(number, radix: 16)
        return UUID(uuidString: "\(kind)-0000-7000-8000-" + String(repeating: "0", count: max(0, 12 - digits.count)) + digits) ?? UUID()
    }

    /// Inserts the programme, the key, the enterprises and the products into the service's tables, as their events would.
    func fill(_ database: Database) async throws {
        let programme = try OrderProgramme.source(on: now)
        let files = ProgrammeFiles(programme)
        let key = signer.published(notBefore: now.addingTimeInterval(-86_400))
        let hash = try files.contentHash().hexadecimal
        let json = try PostgresJSON(encoding: files)
        try await database.pool.withTransaction("bench.fill") { connection in
            try await connection.execute(Self.programme, OrderProgramme.id, Int32(1), hash, json)
            try await connection.execute(Self.key, key.keyID, key.publicKey, key.notBefore)
            try await connection.copyIn(
                "enterprise_copy",
                columns: ["enterprise_id", "programme_id", "name", "credit_code", "state", "size_class", "tier", "checked_at"],
                rows: (0..<records.count).map { number -> [any PostgresEncodable] in
                    [
                        Self.enterprise(number), OrderProgramme.id, "北京第\(number)号科技有限公司", "91110108MA01ABCD1X", "entitled", "small",
                        "every-sme", now,
                    ]
                }, deadline: .seconds(120))
            try await connection.copyIn(
                "product_copy",
                columns: [
                    "product_id", "programme_id", "institution_id", "name", "category", "service", "guide_low_fen", "guide_high_fen",
                    "stock_vouchers", "state", "checked_at",
                ],
                rows: (0..<products).map { number -> [any PostgresEncodable] in
                    [
                        Self.product(number), OrderProgramme.id, Self.institution, "大模型部署服务\(number)", "llm-applications", "llm-deployment",
                        Int64(100), Int64(100_000_000), Int64(1_000_000), "listed", now,
                    ]
                })
            try await connection.execute(Self.institutionCopy, Self.institution, OrderProgramme.id, "某某服务机构", now)
        }
        try await database.pool.withConnection { try await $0.script("vacuum analyze enterprise_copy", deadline: .seconds(120)) }
    }

    private static let programme = PostgresStatement(
        "bench.programme", "insert into programme_version (id, version, content_hash, files) values ($1, $2, $3, $4)")
    private static let key = PostgresStatement(
        "bench.key", "insert into verification_key (key_id, public_key, not_before) values ($1, $2, $3)")
    private static let institutionCopy = PostgresStatement(
        "bench.institution",
        "insert into institution_copy (institution_id, programme_id, name, is_admitted, checked_at) values ($1, $2, $3, true, $4)")
}
