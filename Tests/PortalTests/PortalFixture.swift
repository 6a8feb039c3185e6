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
import StrictJSON
import TestKit

@testable import Portal

/// A portal with its routes, and a stub of `ordering` that accepts every order except those of 13 fen.
struct PortalFixture: Sendable {
    let messaging: MessagingFixture
    let portal: RunningService<PortalRows>
    let api: PortalAPI
    private let responder: RouterResponder<HTTPRequestContext>
    private let signer: TokenSigner

    /// - Parameter outcomeWait: how long a request waits for the outcome; nil for 20 s with `ordering`, and a moment without.
    static func with(
        hasOrdering: Bool = true, outcomeWait: Duration? = nil, limits: CallerLimits = .standard,
        offices: OfficeRule = .listed([Office(programmeID: "toy", role: "officer", organisation: PortalFixture.bureau)]),
        _ body: (PortalFixture) async throws -> Void
    ) async throws {
        let papers = URL(filePath: NSTemporaryDirectory()).appending(path: "quan-portal-tests-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: papers) }
        let services = ["portal", "ordering", "catalogue", "identity", "timer", "redemption", "payout"]
        try await MessagingFixture.with(services: services) { messaging in
            let tables = PortalTables.migrations.flatMap(\.migrations).map(\.sql).joined(separator: ";\n")
            let wait = outcomeWait ?? (hasOrdering ? .seconds(20) : .milliseconds(100))
            let fixture = try await PortalFixture(messaging, tables: tables, papers: papers, wait: wait, limits: limits, offices)
            if hasOrdering { try await fixture.startOrdering() }
            try await body(fixture)
        }
    }

    private init(
        _ messaging: MessagingFixture, tables: String, papers: URL, wait: Duration, limits: CallerLimits, _ offices: OfficeRule
    ) async throws {
        self.messaging = messaging
        let pool = try await messaging.database("portal", tables: tables)
        portal = try messaging.start(PortalHandlers.registry, on: pool)
        api = PortalAPI(
            pool: pool, requests: portal.runtime.requests, authenticator: TokenAuthenticator(pool: pool),
            authoriser: RoleAuthoriser(pool: pool),
            clock: PortalClock(pool: pool, isRehearsal: false), outcomeWait: wait,
            files: FileStore(folder: papers),
            readTable: try ReadTable.platform(),
            officeRule: offices, limits: limits, logger: messaging.logger)
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
        try await recordAppliedVersions("identity", [Self.enterprise], version: 1)
        try await recordAppliedVersions("catalogue", [Self.product], version: 1)
    }

    /// The ordering enterprise and the ordered product; an event of each has been applied.
    static let enterprise = UUID(uuidString: "11111111-1111-4111-8111-111111111111") ?? UUID()
    static let product = UUID(uuidString: "33333333-3333-4333-8333-333333333333") ?? UUID()

    /// The office whose members are the officers of the programme `toy`.
    static let bureau = UUID(uuidString: "44444444-4444-4444-8444-444444444444") ?? UUID()

    /// Records that the portal has applied events of a service up to a version.
    func recordAppliedVersions(_ service: String, _ keys: [UUID], version: Int64) async throws {
        try await api.pool.withConnection { connection in
            _ = try await connection.execute(
                PostgresStatement(
                    "test.applied",
                    "insert into inbox_stream (source, topic, key, version) select $1, $1 || '.events', unnest($2::text[]), $3"
                ),
                service, keys.map(\.lowercased), version)
        }
    }

    /// Records a completed command of another organisation, whose event has not been applied yet.
    func recordCompletedCommand(creating id: UUID) async throws {
        try await api.pool.withConnection { connection in
            _ = try await connection.execute(
                PostgresStatement(
                    "test.command",
                    """
                    insert into operation (id, organisation, name, idempotency_key, body_sha256, outcome, event_count, received_at)
                    values ($1, 'other', 'make', 'k', '', '\\x00', 1, now())
                    """), id)
        }
    }

    /// Records that the command's event has been applied.
    func recordEvent(of id: UUID) async throws {
        try await api.pool.withConnection { connection in
            _ = try await connection.execute(PostgresStatement("test.event", "update operation set applied_events = 1 where id = $1"), id)
        }
    }

    /// The first column of the first row of a query on the portal's database.
    func text(_ sql: String) async throws -> String? {
        try await api.pool.withConnection { connection in
            try await connection.query(PostgresStatement("test.\(sql.hashValue)", sql)).first?.decode(column: 0, as: String?.self) ?? nil
        }
    }

    /// Starts the stub of `ordering`.
    func startOrdering() async throws {
        _ = try messaging.start(StubOrdering.registry, on: try await messaging.database("ordering"))
    }

    /// A token of a person of an organisation.
    func token(_ organisation: UUID, _ roles: String...) throws -> String {
        let now = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down))
        return try signer.token(
            TokenClaims(
                principal: Principal(person: "li.na", organisation: organisation, roles: Set(roles)), issuedAt: now,
                expiresAt: now.addingTimeInterval(600), tokenID: UUID()))
    }

    /// An HTTP response.
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
        let context = HTTPRequestContext(source: ApplicationRequestContextSource(channel: EmbeddedChannel(), logger: messaging.logger))
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

/// Collects the body of a response.
private final class Collected: @unchecked Sendable {
    var bytes = ByteBuffer()
    var text: String { String(buffer: bytes) }
}

private struct Collector: ResponseBodyWriter {
    let collected: Collected

    mutating func write(_ buffer: ByteBuffer) async throws { collected.bytes.writeImmutableBuffer(buffer) }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
