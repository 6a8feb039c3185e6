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

/// The catalogue itself, a portal and the operator's tool that ask it, an identity that publishes a key, and somebody who listens.
struct CatalogueStage {
    let catalogue: RunningService<CatalogueRows>
    let portal: RunningService<HeardRows>
    let operatorTool: RunningService<HeardRows>
    let listener: RunningService<HeardRows>
    let signer = TokenSigner(Curve25519.Signing.PrivateKey())

    static func with(offices: OfficeRule = .firstToAct, _ play: (CatalogueStage) async throws -> Void) async throws {
        try await MessagingStage.with(services: ["catalogue", "portal", "quan", "identity", "ordering"]) { stage in
            var options = MessagingOptions.embeddedBroker
            options.commandTimeBounds = .unbounded
            func start(_ contents: Contents<HeardRows>) async throws -> RunningService<HeardRows> {
                try stage.start(contents, on: try await stage.database(contents.service, tables: HeardRows.table), options: options)
            }
            let tables = [ProgrammeMigrations.sql, AccessMigrations.sql, CatalogueTables.sql].joined(separator: ";\n")
            let ready = CatalogueStage(
                catalogue: try stage.start(
                    CatalogueContents.contents.judging(by: offices), on: try await stage.database("catalogue", tables: tables),
                    options: options),
                portal: try await start(Contents(service: "portal", rows: HeardRows.self, asks: ["catalogue"]) {}),
                operatorTool: try await start(Contents(service: "quan", rows: HeardRows.self, asks: ["catalogue"]) {}),
                listener: try await start(
                    Contents(service: "ordering", rows: HeardRows.self) {
                        Follows(Hears<ProgrammePublished>())
                        Follows(Hears<InstitutionChanged>())
                        Follows(Hears<ProductChanged>())
                        Follows(Hears<OfficeAppointed>())
                    }))
            let identity = try await start(Contents(service: "identity", rows: HeardRows.self) {})
            try await identity.runtime.speaker.transaction("key", at: Date()) { _, say in
                try say.publish(ready.signer.published(notBefore: Date(timeIntervalSince1970: 0)), key: ready.signer.keyID)
            }
            try await play(ready)
        }
    }

    /// Whose people are the officers.
    static let bureau = UUID(uuid: (9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9))

    /// Asks as somebody in a role, in the morning of a day.
    func ask(
        _ command: some Command, as role: String? = "officer", of organisation: UUID = CatalogueStage.bureau, on day: String = "2026-04-01"
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

    /// Publishes as the operator's tool does.
    func publish(_ files: ProgrammeFiles) async throws -> Outcome {
        try await outcome(of: PublishProgramme(files: files), from: operatorTool, at: try instant("2026-02-10"), token: nil)
    }

    func outcome(
        of command: some Command, from service: RunningService<HeardRows>, at now: Date, token: String?
    ) async throws -> Outcome {
        let key = UUID().uuidString
        let id = try await service.runtime.requests.accept(
            command, key: "one",
            from: Requests.Caller(
                organisation: "org", operation: "ask", idempotencyKey: key, bodyHash: ContentHash(of: Array(key.utf8)), receivedAt: now,
                token: token))
        return try #require(try await service.runtime.requests.outcome(of: id, within: .seconds(60)))
    }

    /// What was heard of a type, once there are so many.
    func heard<M: Message>(_ type: M.Type, _ count: Int) async throws -> [M] {
        try await eventually("\(count) of \(M.type) are heard") {
            try await listener.number("select count(*) from heard where type = '\(M.type)'") >= count
        }
        return try await listener.pool.withConnection { connection in
            try await connection.query(
                PostgresStatement("heard.read", "select body from heard where type = $1 order by id"), M.type.description
            ).decode(PostgresJSON.self).map { try MessageBody.decode(M.self, from: $0.bytes) }
        }
    }
}

/// What was heard, in order.
struct HeardRows: WorkingRows {
    static let table = "create table heard (id bigint generated always as identity, type text not null, body jsonb not null)"
    private static let write = PostgresStatement(
        "heard.write", "insert into heard (type, body) select * from unnest($1::text[], $2::jsonb[])")

    private var heard: [(type: String, body: PostgresJSON)] = []

    mutating func add(_ message: some Message) throws {
        heard.append((type(of: message).type.description, PostgresJSON(bytes: try MessageBody.encode(message))))
    }

    mutating func load(_ connection: PostgresConnection) async throws {}

    func writes() -> [PostgresStep] {
        heard.isEmpty ? [] : [PostgresStep(Self.write, heard.map(\.type), heard.map(\.body))]
    }
}

struct Hears<M: Message>: Handler {
    func wants(_ input: M, in rows: inout HeardRows) {}
    func handle(_ input: M, context: HandlingContext, rows: inout HeardRows, say: inout Said) throws { try rows.add(input) }
}
