import Access
import Crypto
import Foundation
import IdentityDomain
import Kernel
import Messages
import Messaging
import Postgres
import TestKit
import Testing

@testable import Identity

@Suite("Signing keys", .serialized)
struct KeyTests {
    private static let policy = KeyRotationPolicySamples.short
    private static let masterKey = "a master key of more than 32 characters"

    private func with(_ body: (MessagingFixture, RunningService<RecordedMessageRows>) async throws -> Void) async throws {
        try await MessagingFixture.with(services: ["identity"]) { fixture in
            let service = try fixture.start(
                HandlerRegistry(service: "identity", rows: RecordedMessageRows.self) {},
                on: try await fixture.database("identity", tables: IdentityTables.script))
            try await body(fixture, service)
        }
    }

    private func rotator(
        _ fixture: MessagingFixture, _ service: RunningService<RecordedMessageRows>, _ clock: FixedClock, masterKey: String? = nil
    ) throws -> KeyRotator {
        KeyRotator(
            store: KeyStore(seal: try masterKey.map { try KeySeal(masterKey: $0) }), policy: Self.policy,
            publisher: service.runtime.publisher,
            clock: clock, logger: fixture.logger)
    }

    @Test("the first key signs at once, the next is published before it signs, the old one is revoked when its last token has expired")
    func policy() throws {
        let start = try instant("2026-05-01")
        func key(_ id: String, _ seconds: TimeInterval) -> KeyRotationPolicy.Key {
            .init(id: id, signsFrom: start.addingTimeInterval(seconds))
        }
        #expect(Self.policy.newKey(among: [], at: start) == start)
        #expect(Self.policy.newKey(among: [key("a", 0)], at: start.addingTimeInterval(86_399)) == nil)
        let next = start.addingTimeInterval(86_400)
        #expect(Self.policy.newKey(among: [key("a", 0)], at: next) == next.addingTimeInterval(600))
        let both = [key("a", 0), key("b", 87_000)]
        #expect(Self.policy.newKey(among: both, at: next.addingTimeInterval(30)) == nil)
        #expect(KeyRotationPolicy.signing(among: both, at: start.addingTimeInterval(86_999))?.id == "a")
        #expect(KeyRotationPolicy.signing(among: both, at: start.addingTimeInterval(87_000))?.id == "b")
        #expect(Self.policy.spent(among: both, at: start.addingTimeInterval(88_499)).isEmpty)
        #expect(Self.policy.spent(among: both, at: start.addingTimeInterval(88_500)).map(\.id) == ["a"])
        #expect(Self.policy.spent(among: [key("a", 0)], at: start.addingTimeInterval(1e9)).isEmpty)
    }

    @Test("instances that start at the same time share one key, and it is published once")
    func oneKey() async throws {
        try await with { fixture, service in
            let clock = FixedClock(try instant("2026-05-01"))
            let rotators = try (0..<4).map { _ in try rotator(fixture, service, clock) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for rotator in rotators { group.addTask { try await rotator.rotate() } }
                try await group.waitForAll()
            }
            #expect(Set(rotators.compactMap { $0.signer()?.keyID }).count == 1)
            #expect(try await service.number("select count(*) from signing_key") == 1)
            #expect(try await service.number("select count(*) from outbox where type = 'identity.key-published.v1'") == 1)
            #expect(try await service.number("select count(*) from verification_key") == 1)
        }
    }

    @Test(
        "rotation invalidates no token: the old key's tokens stay valid until they expire; then it is revoked and its private key deleted")
    func rotation() async throws {
        try await with { fixture, service in
            let start = try instant("2026-05-01")
            let clock = FixedClock(start)
            let rotator = try rotator(fixture, service, clock)
            try await rotator.rotate()
            let old = try #require(rotator.signer())
            clock.advance(seconds: 86_400)
            try await rotator.rotate()
            #expect(rotator.signer()?.keyID == old.keyID && rotator.published.count == 2)
            clock.advance(seconds: 600)
            let new = try #require(rotator.signer())
            #expect(new.keyID != old.keyID)
            clock.advance(seconds: 1499)
            try await rotator.rotate()
            #expect(rotator.published.count == 2)
            clock.advance(seconds: 1)
            try await rotator.rotate()
            #expect(rotator.published.map(\.keyID) == [new.keyID])
            #expect(try await service.number("select count(*) from signing_key where private_key is null") == 1)
            #expect(try await service.number("select count(*) from verification_key where revoked_at is not null") == 1)
        }
    }

    @Test("with a master key all private keys are encrypted, also existing ones; with a missing or wrong master key none can be read")
    func sealed() async throws {
        try await with { fixture, service in
            let clock = FixedClock(try instant("2026-05-01"))
            let open = try rotator(fixture, service, clock)
            try await open.rotate()
            #expect(try await service.number("select count(*) from signing_key where octet_length(private_key) = 32") == 1)
            let sealing = try rotator(fixture, service, clock, masterKey: Self.masterKey)
            try await sealing.rotate()
            #expect(sealing.signer()?.keyID == open.signer()?.keyID)
            #expect(try await service.number("select count(*) from signing_key where is_sealed and octet_length(private_key) > 32") == 1)
            try await rotator(fixture, service, clock, masterKey: Self.masterKey).rotate()
            for masterKey in [nil, "another master key of more than 32 characters"] {
                let rotator = try rotator(fixture, service, clock, masterKey: masterKey)
                await #expect(throws: KeyFault.self) { try await rotator.rotate() }
            }
            #expect(throws: KeyFault.self) { try KeySeal(masterKey: "too short") }
        }
    }
}
