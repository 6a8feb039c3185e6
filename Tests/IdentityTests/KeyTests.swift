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
    private static let rota = KeyRotas.short
    private static let masterKey = "a master key of more than 32 characters"

    private func with(_ play: (MessagingStage, RunningService<HeardRows>) async throws -> Void) async throws {
        try await MessagingStage.with(services: ["identity"]) { stage in
            let service = try stage.start(
                Contents(service: "identity", rows: HeardRows.self) {},
                on: try await stage.database("identity", tables: IdentityTables.script))
            try await play(stage, service)
        }
    }

    private func keeper(
        _ stage: MessagingStage, _ service: RunningService<HeardRows>, _ clock: FixedClock, masterKey: String? = nil
    ) throws -> KeyKeeper {
        KeyKeeper(
            store: KeyStore(seal: try masterKey.map { try KeySeal(masterKey: $0) }), rota: Self.rota, speaker: service.runtime.speaker,
            clock: clock, logger: stage.logger)
    }

    @Test("the rota: a first key at once, the next one published before it signs, the old one revoked when its last token has expired")
    func rota() throws {
        let start = try instant("2026-05-01")
        func key(_ id: String, _ seconds: TimeInterval) -> KeyRota.Key { .init(id: id, signsFrom: start.addingTimeInterval(seconds)) }
        #expect(Self.rota.newKey(among: [], at: start) == start)
        #expect(Self.rota.newKey(among: [key("a", 0)], at: start.addingTimeInterval(86_399)) == nil)
        let next = start.addingTimeInterval(86_400)
        #expect(Self.rota.newKey(among: [key("a", 0)], at: next) == next.addingTimeInterval(600))
        let both = [key("a", 0), key("b", 87_000)]
        #expect(Self.rota.newKey(among: both, at: next.addingTimeInterval(30)) == nil)
        #expect(KeyRota.signing(among: both, at: start.addingTimeInterval(86_999))?.id == "a")
        #expect(KeyRota.signing(among: both, at: start.addingTimeInterval(87_000))?.id == "b")
        #expect(Self.rota.spent(among: both, at: start.addingTimeInterval(88_499)).isEmpty)
        #expect(Self.rota.spent(among: both, at: start.addingTimeInterval(88_500)).map(\.id) == ["a"])
        #expect(Self.rota.spent(among: [key("a", 0)], at: start.addingTimeInterval(1e9)).isEmpty)
    }

    @Test("instances that start at once share one key, and it is published once")
    func oneKey() async throws {
        try await with { stage, service in
            let clock = FixedClock(try instant("2026-05-01"))
            let keepers = try (0..<4).map { _ in try keeper(stage, service, clock) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for keeper in keepers { group.addTask { try await keeper.turn() } }
                try await group.waitForAll()
            }
            #expect(Set(keepers.compactMap { $0.signer()?.keyID }).count == 1)
            #expect(try await service.number("select count(*) from signing_key") == 1)
            #expect(try await service.number("select count(*) from outbox where type = 'identity.key-published.v1'") == 1)
            #expect(try await service.number("select count(*) from verification_key") == 1)
        }
    }

    @Test("a key follows another without a token being lost: the old one's tokens stay good until they expire, then it is revoked and gone")
    func rotation() async throws {
        try await with { stage, service in
            let start = try instant("2026-05-01")
            let clock = FixedClock(start)
            let keeper = try keeper(stage, service, clock)
            try await keeper.turn()
            let old = try #require(keeper.signer())
            clock.advance(seconds: 86_400)
            try await keeper.turn()
            #expect(keeper.signer()?.keyID == old.keyID && keeper.published.count == 2)
            clock.advance(seconds: 600)
            let new = try #require(keeper.signer())
            #expect(new.keyID != old.keyID)
            clock.advance(seconds: 1499)
            try await keeper.turn()
            #expect(keeper.published.count == 2)
            clock.advance(seconds: 1)
            try await keeper.turn()
            #expect(keeper.published.map(\.keyID) == [new.keyID])
            #expect(try await service.number("select count(*) from signing_key where private_key is null") == 1)
            #expect(try await service.number("select count(*) from verification_key where revoked_at is not null") == 1)
        }
    }

    @Test("with a master key no private key lies open, one made before is encrypted, and without the right master key none is read")
    func sealed() async throws {
        try await with { stage, service in
            let clock = FixedClock(try instant("2026-05-01"))
            let open = try keeper(stage, service, clock)
            try await open.turn()
            #expect(try await service.number("select count(*) from signing_key where octet_length(private_key) = 32") == 1)
            let sealing = try keeper(stage, service, clock, masterKey: Self.masterKey)
            try await sealing.turn()
            #expect(sealing.signer()?.keyID == open.signer()?.keyID)
            #expect(try await service.number("select count(*) from signing_key where is_sealed and octet_length(private_key) > 32") == 1)
            try await keeper(stage, service, clock, masterKey: Self.masterKey).turn()
            for masterKey in [nil, "another master key of more than 32 characters"] {
                let keeper = try keeper(stage, service, clock, masterKey: masterKey)
                await #expect(throws: KeyFault.self) { try await keeper.turn() }
            }
            #expect(throws: KeyFault.self) { try KeySeal(masterKey: "too short") }
        }
    }
}
