import Access
import Crypto
import Foundation
import Kernel
import Messages
import Messaging
import Postgres
import ProgrammeStore
import TestKit
import Testing

@testable import Catalogue

/// The service `catalogue`, a portal and the operator's tool that send commands, an identity that publishes a key, and a subscriber.
struct CatalogueFixture {
    let catalogue: RunningService<CatalogueRows>
    let portal: RunningService<RecordedMessageRows>
    let operatorTool: RunningService<RecordedMessageRows>
    let subscriber: RunningService<RecordedMessageRows>
    let signer = TokenSigner(Curve25519.Signing.PrivateKey())

    static func with(offices: OfficeRule = .firstToAct, _ body: (CatalogueFixture) async throws -> Void) async throws {
        try await MessagingFixture.with(services: ["catalogue", "portal", "quan", "identity", "ordering"]) { messaging in
            var options = MessagingOptions.embeddedBroker
            options.commandTimeBounds = .unbounded
            func start(_ registry: HandlerRegistry<RecordedMessageRows>) async throws -> RunningService<RecordedMessageRows> {
                try messaging.start(
                    registry, on: try await messaging.database(registry.service, tables: RecordedMessageRows.table), options: options)
            }
            let tables = [ProgrammeMigrations.sql, AccessMigrations.sql, CatalogueTables.sql].joined(separator: ";\n")
            let fixture = CatalogueFixture(
                catalogue: try messaging.start(
                    CatalogueHandlers.registry.applyingOfficeRule(offices), on: try await messaging.database("catalogue", tables: tables),
                    options: options),
                portal: try await start(HandlerRegistry(service: "portal", rows: RecordedMessageRows.self, asks: ["catalogue"]) {}),
                operatorTool: try await start(HandlerRegistry(service: "quan", rows: RecordedMessageRows.self, asks: ["catalogue"]) {}),
                subscriber: try await start(
                    HandlerRegistry(service: "ordering", rows: RecordedMessageRows.self) {
                        Subscribes(MessageRecorder<ProgrammePublished>())
                        Subscribes(MessageRecorder<InstitutionChanged>())
                        Subscribes(MessageRecorder<ProductChanged>())
                        Subscribes(MessageRecorder<OfficeAppointed>())
                    }))
            let identity = try await start(HandlerRegistry(service: "identity", rows: RecordedMessageRows.self) {})
            try await identity.runtime.publisher.transaction("key", at: Date()) { _, output in
                try output.publish(fixture.signer.published(notBefore: Date(timeIntervalSince1970: 0)), key: fixture.signer.keyID)
            }
            try await body(fixture)
        }
    }

    /// The organisation of the officers.
    static let bureau = UUID(uuid: (9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9))

    /// Sends a command of an organisation in a role, at ten in the morning of a day.
    func ask(
        _ command: some Command, as role: String? = "officer", of organisation: UUID = CatalogueFixture.bureau,
        on day: String = "2026-04-01"
    ) async throws -> Outcome {
        let now = try instant(day)
        let token = try role.map {
            try signer.token(
                TokenClaims(
                    principal: Principal(person: "p", organisation: organisation, roles: [$0]), issuedAt: now,
                    expiresAt: now.addingTimeInterval(900), tokenID: UUID()))
        }
        return try await outcome(of: command, from: portal, at: now, token: token)
    }

    /// Publishes a programme from the operator's tool.
    func publish(_ files: ProgrammeFiles) async throws -> Outcome {
        try await outcome(of: PublishProgramme(files: files), from: operatorTool, at: try instant("2026-02-10"), token: nil)
    }

    func outcome(
        of command: some Command, from service: RunningService<RecordedMessageRows>, at now: Date, token: String?
    ) async throws -> Outcome {
        let key = UUID().uuidString
        let id = try await service.runtime.requests.accept(
            command, key: "one",
            from: Requests.Caller(
                organisation: "org", operation: "ask", idempotencyKey: key, bodyHash: ContentHash(of: Array(key.utf8)), receivedAt: now,
                token: token))
        return try #require(try await service.runtime.requests.outcome(of: id, within: .seconds(60)))
    }

    /// The recorded messages of a type, once there are `count` of them.
    func recordedMessages<M: Message>(_ type: M.Type, _ count: Int) async throws -> [M] {
        try await eventually("\(count) of \(M.type) are recorded") {
            try await subscriber.number("select count(*) from recorded_message where type = '\(M.type)'") >= count
        }
        return try await subscriber.pool.withConnection { connection in
            try await connection.query(
                PostgresStatement("recorded.read", "select body from recorded_message where type = $1 order by id"), M.type.description
            ).decode(PostgresJSON.self).map { try MessageBody.decode(M.self, from: $0.bytes) }
        }
    }
}

/// The messages that a service has received, in order.
struct RecordedMessageRows: UnitOfWork {
    static let table = "create table recorded_message (id bigint generated always as identity, type text not null, body jsonb not null)"
    private static let write = PostgresStatement(
        "recorded.write", "insert into recorded_message (type, body) select * from unnest($1::text[], $2::jsonb[])")

    private var recorded: [(type: String, body: PostgresJSON)] = []

    mutating func add(_ message: some Message) throws {
        recorded.append((type(of: message).type.description, PostgresJSON(bytes: try MessageBody.encode(message))))
    }

    mutating func load(_ connection: PostgresConnection) async throws {}

    func writes() -> [PostgresStep] {
        recorded.isEmpty ? [] : [PostgresStep(Self.write, recorded.map(\.type), recorded.map(\.body))]
    }
}

struct MessageRecorder<M: Message>: Handler {
    func requestRows(for input: M, in rows: inout RecordedMessageRows) {}
    func handle(_ input: M, context: HandlingContext, rows: inout RecordedMessageRows, output: inout HandlerOutput) throws {
        try rows.add(input)
    }
}
