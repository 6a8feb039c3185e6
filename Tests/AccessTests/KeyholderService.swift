import Access
import Crypto
import Foundation
import Kernel
import Messages
import Messaging
import Postgres
import TestKit
import Testing

/// A service that takes one command of people, and answers who it was.
enum KeyholderService {
    static let contents = Contents(service: "keyholder", rows: KeyholderRows.self, commandsFrom: ["asker"]) {
        Takes(WhoAmIHandler())
        Follows(KeyPublishedHandler<KeyholderRows>())
    }
}

struct WhoAmI: Command {
    static let type = MessageType("keyholder", "who-am-i")
    let name: String
}

struct KeyholderRows: HoldsAccess {
    var access = AccessRows()

    mutating func load(_ connection: PostgresConnection) async throws { try await access.load(connection) }
    func writes() -> [PostgresStep] { access.writes() }
}

struct WhoAmIHandler: Handler {
    func wants(_ input: WhoAmI, in rows: inout KeyholderRows) {}

    func handle(_ input: WhoAmI, context: HandlingContext, rows: inout KeyholderRows, say: inout Said) throws {
        try say.answer(try rows.access.principal(of: context))
    }
}

struct NoRows: WorkingRows {
    mutating func load(_ connection: PostgresConnection) async throws {}
    func writes() -> [PostgresStep] { [] }
}

/// Somebody who publishes keys, a service that takes commands, and somebody who sends them.
struct AccessStage {
    let identity: RunningService<NoRows>
    let keyholder: RunningService<KeyholderRows>
    let asker: RunningService<NoRows>

    static func with(_ play: (AccessStage) async throws -> Void) async throws {
        try await MessagingStage.with(services: ["identity", "keyholder", "asker"]) { stage in
            let identity = try stage.start(
                Contents(service: "identity", rows: NoRows.self) {}, on: try await stage.database("identity"))
            let keyholder = try stage.start(
                KeyholderService.contents, on: try await stage.database("keyholder", tables: AccessMigrations.sql))
            let asker = try stage.start(
                Contents(service: "asker", rows: NoRows.self, asks: ["keyholder"]) {}, on: try await stage.database("asker"))
            try await play(AccessStage(identity: identity, keyholder: keyholder, asker: asker))
        }
    }

    func publish(_ key: KeyPublished) async throws {
        try await identity.runtime.speaker.transaction("publish", at: Date()) { _, say in try say.publish(key, key: key.keyID) }
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
