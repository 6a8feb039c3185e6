import Access
import Foundation
import IdentityDomain
import Kernel
import Messages
import Messaging
import Postgres
import StrictJSON
import TestKit
import Testing

@testable import Identity

/// The service `identity`, with a catalogue that publishes, a portal that sends commands, and an ordering and a timer that record messages.
struct IdentityFixture {
    let identity: RunningService<IdentityRows>
    let catalogue: RunningService<RecordedMessageRows>
    let portal: RunningService<RecordedMessageRows>
    let ordering: RunningService<RecordedMessageRows>
    let timer: RunningService<RecordedMessageRows>
    let keys: KeyRotator

    static func with(creditSource: CreditSource = .recorded, _ body: (IdentityFixture) async throws -> Void) async throws {
        try await MessagingFixture.with(services: ["identity", "catalogue", "portal", "ordering", "timer"]) { fixture in
            var options = MessagingOptions.embeddedBroker
            options.commandTimeBounds = .unbounded
            func start(_ registry: HandlerRegistry<RecordedMessageRows>) async throws -> RunningService<RecordedMessageRows> {
                try fixture.start(
                    registry, on: try await fixture.database(registry.service, tables: RecordedMessageRows.table), options: options)
            }
            let identity = try fixture.start(
                IdentityHandlers.registry(creditSource).applyingOfficeRule(.firstToAct),
                on: try await fixture.database("identity", tables: IdentityTables.script),
                options: options)
            let keys = KeyRotator(
                store: KeyStore(seal: nil), policy: KeyRotationPolicy(life: 1e9, lead: 0, rest: 900), publisher: identity.runtime.publisher,
                clock: FixedClock(try instant("2026-01-01")), logger: fixture.logger)
            try await keys.rotate()
            try await body(
                IdentityFixture(
                    identity: identity,
                    catalogue: try await start(HandlerRegistry(service: "catalogue", rows: RecordedMessageRows.self) {}),
                    portal: try await start(
                        HandlerRegistry(service: "portal", rows: RecordedMessageRows.self, asks: ["identity"]) {
                            Subscribes(MessageRecorder<EnterpriseChanged>())
                        }),
                    ordering: try await start(
                        HandlerRegistry(service: "ordering", rows: RecordedMessageRows.self, commandsFrom: ["identity"], asks: ["identity"])
                        {
                            Handles(MessageRecorder<CreditChecked>())
                        }),
                    timer: try await start(
                        HandlerRegistry(service: "timer", rows: RecordedMessageRows.self, commandsFrom: ["identity"]) {
                            Handles(MessageRecorder<ScheduleTimer>())
                        }),
                    keys: keys))
        }
    }

    /// The organisation of the officers.
    static let bureau = UUID()

    /// Publishes a programme and waits until identity has applied the event.
    func publish(_ published: ProgrammePublished) async throws {
        try await catalogue.runtime.publisher.transaction("publish", at: Date()) { _, output in
            try output.publish(published, key: published.programmeID)
        }
        try await eventually("version \(published.version) is applied") {
            try await identity.number("select count(*) from programme_version where version = \(published.version)") == 1
        }
    }

    /// A token as the sign-in issues it at an instant.
    func token(_ organisation: UUID, _ roles: Set<String>, at now: Date, seconds: TimeInterval = 900) throws -> String {
        let signer = try #require(keys.signer())
        return try signer.token(
            TokenClaims(
                principal: Principal(person: "p-1", organisation: organisation, roles: roles), issuedAt: now,
                expiresAt: now.addingTimeInterval(seconds), tokenID: UUID()))
    }

    /// Sends a command through the portal and waits for its outcome.
    func ask(_ command: some Command, key: UUID = UUID(), token: String?, at now: Date) async throws -> Outcome {
        let id = try await portal.runtime.requests.accept(command, key: key.lowercased, from: Self.caller(now, token))
        return try #require(try await portal.runtime.requests.outcome(of: id, within: .seconds(60)))
    }

    /// The same, sent by an organisation in a role.
    func ask(_ command: some Command, for organisation: UUID, as role: String = "enterprise", on day: String) async throws -> Outcome {
        let now = try instant(day)
        return try await ask(command, key: organisation, token: try token(organisation, [role], at: now), at: now)
    }

    /// Registers an enterprise and returns its state. Throws the refusal.
    func register(_ command: RegisterEnterprise, on day: String) async throws -> EnterpriseChanged {
        try await ask(command, for: command.enterpriseID, on: day).enterprise()
    }

    /// Sends a credit check from ordering and returns the refusals of the reply.
    func credit(of enterprise: UUID, version: Int = 1, on day: String) async throws -> [Refusal] {
        let orderID = UUID()
        let check = CheckCredit(orderID: orderID, enterpriseID: enterprise, programmeID: Programmes.id, programmeVersion: version)
        _ = try await ordering.runtime.requests.accept(check, key: orderID.lowercased, from: Self.caller(try instant(day), nil))
        try await eventually("ordering has recorded the reply") {
            try await !ordering.recordedMessages(CreditChecked.self, key: orderID.lowercased).isEmpty
        }
        return try #require(try await ordering.recordedMessages(CreditChecked.self, key: orderID.lowercased).first).refusals
    }

    static func caller(_ now: Date, _ token: String?) -> Requests.Caller {
        let key = UUID().uuidString
        return Requests.Caller(
            organisation: "org", operation: "test", idempotencyKey: key, bodyHash: ContentHash(of: Array(key.utf8)), receivedAt: now,
            token: token)
    }
}

extension Outcome {
    /// The enterprise in the answer. Throws the refusal.
    func enterprise() throws -> EnterpriseChanged {
        if let refusal { throw refusal }
        return try MessageBody.decode(EnterpriseChanged.self, from: result.map { Array($0.utf8) })
    }
}
