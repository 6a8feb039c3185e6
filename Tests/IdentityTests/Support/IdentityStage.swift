import Access
import Foundation
import IdentityDomain
import Kernel
import Messages
import Messaging
import Postgres
import TestKit
import Testing

@testable import Identity

/// The service `identity` itself, with a catalogue that publishes, a portal that asks, an ordering and a timer that write down what they hear.
struct IdentityStage {
    let identity: RunningService<IdentityRows>
    let catalogue: RunningService<HeardRows>
    let portal: RunningService<HeardRows>
    let ordering: RunningService<HeardRows>
    let timer: RunningService<HeardRows>
    let keys: KeyKeeper

    static func with(creditSource: CreditSource = .recorded, _ play: (IdentityStage) async throws -> Void) async throws {
        try await MessagingStage.with(services: ["identity", "catalogue", "portal", "ordering", "timer"]) { stage in
            var options = MessagingOptions.embeddedBroker
            options.commandTimeBounds = .unbounded
            func start(_ contents: Contents<HeardRows>) async throws -> RunningService<HeardRows> {
                try stage.start(contents, on: try await stage.database(contents.service, tables: HeardRows.table), options: options)
            }
            let identity = try stage.start(
                IdentityContents.contents(creditSource).judging(by: .firstToAct),
                on: try await stage.database("identity", tables: IdentityTables.script),
                options: options)
            let keys = KeyKeeper(
                store: KeyStore(seal: nil), rota: KeyRota(life: 1e9, lead: 0, rest: 900), speaker: identity.runtime.speaker,
                clock: FixedClock(try instant("2026-01-01")), logger: stage.logger)
            try await keys.turn()
            try await play(
                IdentityStage(
                    identity: identity, catalogue: try await start(Contents(service: "catalogue", rows: HeardRows.self) {}),
                    portal: try await start(
                        Contents(service: "portal", rows: HeardRows.self, asks: ["identity"]) { Follows(Hears<EnterpriseChanged>()) }),
                    ordering: try await start(
                        Contents(service: "ordering", rows: HeardRows.self, commandsFrom: ["identity"], asks: ["identity"]) {
                            Takes(Hears<CreditChecked>())
                        }),
                    timer: try await start(
                        Contents(service: "timer", rows: HeardRows.self, commandsFrom: ["identity"]) { Takes(Hears<ScheduleTimer>()) }),
                    keys: keys))
        }
    }

    /// Whose people are the officers.
    static let bureau = UUID()

    /// Publishes a programme and waits until identity knows it.
    func publish(_ published: ProgrammePublished) async throws {
        try await catalogue.runtime.speaker.transaction("publish", at: Date()) { _, say in
            try say.publish(published, key: published.programmeID)
        }
        try await eventually("version \(published.version) has arrived") {
            try await identity.number("select count(*) from programme_version where version = \(published.version)") == 1
        }
    }

    /// A token as the sign-in would give it at that instant.
    func token(_ organisation: UUID, _ roles: Set<String>, at now: Date, seconds: TimeInterval = 900) throws -> String {
        let signer = try #require(keys.signer())
        return try signer.token(
            TokenClaims(
                principal: Principal(person: "p-1", organisation: organisation, roles: roles), issuedAt: now,
                expiresAt: now.addingTimeInterval(seconds), tokenID: UUID()))
    }

    /// Sends a command through the portal and waits for its answer.
    func ask(_ command: some Command, key: UUID = UUID(), token: String?, at now: Date) async throws -> Outcome {
        let id = try await portal.runtime.requests.accept(command, key: key.lowercased, from: Self.caller(now, token))
        return try #require(try await portal.runtime.requests.outcome(of: id, within: .seconds(60)))
    }

    /// The same by somebody in a role for an organisation.
    func ask(_ command: some Command, for organisation: UUID, as role: String = "enterprise", on day: String) async throws -> Outcome {
        let now = try instant(day)
        return try await ask(command, key: organisation, token: try token(organisation, [role], at: now), at: now)
    }

    /// Registers, and tells how the enterprise stands then. Throws the refusal where it is refused.
    func register(_ command: RegisterEnterprise, on day: String) async throws -> EnterpriseChanged {
        try await ask(command, for: command.enterpriseID, on: day).enterprise()
    }

    /// Has ordering ask for an enterprise's credit, and tells what it is told.
    func credit(of enterprise: UUID, version: Int = 1, on day: String) async throws -> [Refusal] {
        let orderID = UUID()
        let check = CheckCredit(orderID: orderID, enterpriseID: enterprise, programmeID: Programmes.id, programmeVersion: version)
        _ = try await ordering.runtime.requests.accept(check, key: orderID.lowercased, from: Self.caller(try instant(day), nil))
        try await eventually("ordering is told") { try await !ordering.heard(CreditChecked.self, key: orderID.lowercased).isEmpty }
        return try #require(try await ordering.heard(CreditChecked.self, key: orderID.lowercased).first).refusals
    }

    static func caller(_ now: Date, _ token: String?) -> Requests.Caller {
        let key = UUID().uuidString
        return Requests.Caller(
            organisation: "org", operation: "test", idempotencyKey: key, bodyHash: ContentHash(of: Array(key.utf8)), receivedAt: now,
            token: token)
    }
}

extension Outcome {
    /// The enterprise that an answer tells of. Throws the refusal where it is one.
    func enterprise() throws -> EnterpriseChanged {
        if let refusal { throw refusal }
        return try MessageBody.decode(EnterpriseChanged.self, from: result.map { Array($0.utf8) })
    }
}
