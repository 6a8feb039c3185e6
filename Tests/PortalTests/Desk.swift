import Access
import Crypto
import FileStore
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Logging
import Messages
import Messaging
import NIOCore
import NIOEmbedded
import Postgres
import ServiceHost
import TestKit

@testable import Portal

/// A portal with its routes, and a toy in the place of `ordering` that takes every order but those of 13 fen.
struct Desk: Sendable {
    let stage: MessagingStage
    let portal: RunningService<PortalRows>
    let api: PortalAPI
    private let responder: RouterResponder<HTTPRequestContext>
    private let signer: TokenSigner

    static func with(
        hasOrdering: Bool = true, limits: CallerLimits = .standard,
        offices: OfficeRule = .listed([Office(programmeID: "toy", role: "officer", organisation: Desk.bureau)]),
        _ play: (Desk) async throws -> Void
    ) async throws {
        let papers = URL(filePath: NSTemporaryDirectory()).appending(path: "quan-portal-tests-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: papers) }
        try await MessagingStage.with(services: ["portal", "ordering", "catalogue", "identity", "timer", "redemption", "payout"]) { stage in
            let tables = PortalTables.migrations.flatMap(\.migrations).map(\.sql).joined(separator: ";\n")
            let desk = try await Desk(
                stage, tables: tables, papers: papers, wait: hasOrdering ? .seconds(20) : .milliseconds(100), limits: limits, offices)
            if hasOrdering { try await desk.startOrdering() }
            try await play(desk)
        }
    }

    private init(
        _ stage: MessagingStage, tables: String, papers: URL, wait: Duration, limits: CallerLimits, _ offices: OfficeRule
    ) async throws {
        self.stage = stage
        let pool = try await stage.database("portal", tables: tables)
        portal = try stage.start(PortalContents.contents, on: pool)
        api = PortalAPI(
            pool: pool, requests: portal.runtime.requests, gate: TokenGate(pool: pool), roles: RoleGate(pool: pool),
            clock: PortalClock(pool: pool, isRehearsal: false), outcomeWait: wait,
            files: FileStore(folder: papers),
            readTable: try ReadTable.platform(),
            officeRule: offices, limits: limits, logger: stage.logger)
        let router = Router(context: HTTPRequestContext.self)
        api.add(to: router)
        responder = router.buildResponder()
        signer = TokenSigner(Curve25519.Signing.PrivateKey())
        let key = signer.published(notBefore: Date(timeIntervalSince1970: 0))
        try await pool.withConnection { connection in
            _ = try await connection.execute(
                PostgresStatement(
                    "test.key", "insert into verification_key (key_id, public_key, not_before) values ($1, $2, $3)"), key.keyID,
                key.publicKey, key.notBefore)
        }
        try await hear("identity", [Self.enterprise], version: 1)
        try await hear("catalogue", [Self.product], version: 1)
    }

    /// Whoever orders here, and what; both have been told of.
    static let enterprise = UUID(uuidString: "11111111-1111-4111-8111-111111111111") ?? UUID()
    static let product = UUID(uuidString: "33333333-3333-4333-8333-333333333333") ?? UUID()

    /// The office whose people are the toy programme's officers.
    static let bureau = UUID(uuidString: "44444444-4444-4444-8444-444444444444") ?? UUID()

    /// Has the portal have been told of things by a service.
    func hear(_ service: String, _ keys: [UUID], version: Int64) async throws {
        try await api.pool.withConnection { connection in
            _ = try await connection.execute(
                PostgresStatement(
                    "test.hear", "insert into inbox_stream (source, topic, key, version) select $1, $1 || '.events', unnest($2::text[]), $3"
                ),
                service, keys.map(\.lowercased), version)
        }
    }

    /// Notes that somebody was answered that a thing is made, of which the event is on its way.
    func made(_ id: UUID) async throws {
        try await api.pool.withConnection { connection in
            _ = try await connection.execute(
                PostgresStatement(
                    "test.made",
                    """
                    insert into operation (id, organisation, name, idempotency_key, body_sha256, outcome, event_count, received_at)
                    values ($1, 'other', 'make', 'k', '', '\\x00', 1, now())
                    """), id)
        }
    }

    /// Notes that the event has come.
    func told(_ id: UUID) async throws {
        try await api.pool.withConnection { connection in
            _ = try await connection.execute(PostgresStatement("test.told", "update operation set told = 1 where id = $1"), id)
        }
    }

    /// One text from the portal's database.
    func text(_ sql: String) async throws -> String? {
        try await api.pool.withConnection { connection in
            try await connection.query(PostgresStatement("test.\(sql.hashValue)", sql)).first?.decode(column: 0, as: String?.self) ?? nil
        }
    }

    /// Begins to take orders.
    func startOrdering() async throws {
        _ = try stage.start(ToyOrdering.contents, on: try await stage.database("ordering"))
    }

    /// A token of somebody.
    func token(_ organisation: UUID, _ roles: String...) throws -> String {
        let now = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down))
        return try signer.token(
            TokenClaims(
                principal: Principal(person: "li.na", organisation: organisation, roles: Set(roles)), issuedAt: now,
                expiresAt: now.addingTimeInterval(600), tokenID: UUID()))
    }

    /// What came back.
    struct Reply {
        let status: Int
        let headers: HTTPFields
        let json: [String: Any]
        let text: String

        var clauses: [String] { json["clauses"] as? [String] ?? [] }
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, token: String? = nil, key: String? = nil, body: String? = nil
    ) async throws -> Reply {
        var fields: HTTPFields = [:]
        if let token { fields[.authorization] = "Bearer \(token)" }
        if let key, let name = HTTPField.Name("Idempotency-Key") { fields[name] = key }
        let head = HTTPRequest(method: method, scheme: "http", authority: "portal", path: path, headerFields: fields)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(string: body ?? "")))
        let context = HTTPRequestContext(source: ApplicationRequestContextSource(channel: EmbeddedChannel(), logger: stage.logger))
        let response: Response
        do {
            response = try await responder.respond(to: request, context: context)
        } catch let error as any HTTPResponseError {
            return Reply(status: error.status.code, headers: [:], json: [:], text: "")
        }
        let collected = Collected()
        try await response.body.write(Collector(collected: collected))
        let text = collected.text
        let json = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
        return Reply(status: response.status.code, headers: response.headers, json: json, text: text)
    }
}

/// Collects a response's body.
private final class Collected: @unchecked Sendable {
    var bytes = ByteBuffer()
    var text: String { String(buffer: bytes) }
}

private struct Collector: ResponseBodyWriter {
    let collected: Collected

    mutating func write(_ buffer: ByteBuffer) async throws { collected.bytes.writeImmutableBuffer(buffer) }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
