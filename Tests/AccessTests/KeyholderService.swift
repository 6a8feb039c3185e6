import Access
import Crypto
import Foundation
import Kernel
import Messages
import Messaging
import Postgres
import TestKit
import Testing

/// A service that handles one command from people and answers with its sender.
enum KeyholderService {
    static let registry = HandlerRegistry(service: "keyholder", rows: KeyholderRows.self, commandsFrom: ["asker"]) {
        Handles(WhoAmIHandler())
        Subscribes(KeyPublishedHandler<KeyholderRows>())
    }
}

struct WhoAmI: Command {
    static let type = MessageType("keyholder", "who-am-i")
    let name: String
}

struct KeyholderRows: HasAccessRows {
    var access = AccessRows()

    mutating func load(_ connection: PostgresConnection) async throws { try await access.load(connection) }
    func writes() -> [PostgresStep] { access.writes() }
}

struct WhoAmIHandler: Handler {
    func requestRows(for input: WhoAmI, in rows: inout KeyholderRows) {}

    func handle(_ input: WhoAmI, context: HandlingContext, rows: inout KeyholderRows, output: inout HandlerOutput) throws {
        try output.answer(try rows.access.principal(of: context))
    }
}

struct NoRows: UnitOfWork {
    mutating func load(_ connection: PostgresConnection) async throws {}
    func writes() -> [PostgresStep] { [] }
}

/// A publisher of keys, a service that handles commands, and a sender of commands.
struct AccessStage {
    let identity: RunningService<NoRows>
    let keyholder: RunningService<KeyholderRows>
    let asker: RunningService<NoRows>

    static func with(_ play: (AccessStage) async throws -> Void) async throws {
        try await MessagingFixture.with(services: ["identity", "keyholder", "asker"]) { stage in
            let identity = try stage.start(
                HandlerRegistry(service: "identity", rows: NoRows.self) {}, on: try await stage.database("identity"))
            let keyholder = try stage.start(
                KeyholderService.registry, on: try await stage.database("keyholder", tables: AccessMigrations.sql))
            let asker = try stage.start(
                HandlerRegistry(service: "asker", rows: NoRows.self, asks: ["keyholder"]) {}, on: try await stage.database("asker"))
            try await play(AccessStage(identity: identity, keyholder: keyholder, asker: asker))
        }
    }

    func publish(_ key: KeyPublished) async throws {
        try await identity.runtime.publisher.transaction("publish", at: Date()) { _, output in try output.publish(key, key: key.keyID) }
    }

    func ask(_ name: String, token: String?) async throws -> UUID {
        try await asker.runtime.requests.accept(
            WhoAmI(name: name), key: name,
            from: Requests.Caller(
                organisation: "org", operation: "who", idempotencyKey: name, bodyHash: ContentHash(of: Array(name.utf8)),
                receivedAt: Date(), token: token))
    }

    func outcome(_ name: String, token: String?) async throws -> Outcome {
        let id = try await ask(name, token: token)
        return try #require(try await asker.runtime.requests.outcome(of: id, within: .seconds(60)))
    }
}
