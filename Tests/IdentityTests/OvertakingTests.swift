import Foundation
import Kernel
import Messages
import Messaging
import TestKit
import Testing

@testable import Identity

@Suite("A registration that arrives before its programme")
struct OvertakingTests {
    @Test("a registration waits for the programme version its sender has applied; QUAN-07: without a version it is refused at once")
    func waits() async throws {
        try await IdentityFixture.with { fixture in
            let enterprise = UUID()
            let unseen = try await fixture.ask(try Enterprises.registration(enterprise), for: enterprise, on: "2026-05-20")
            #expect(unseen.refusal?.clauses == ["QUAN-07"])
            async let registered = fixture.register(try Enterprises.registration(enterprise, knownProgrammeVersion: 1), on: "2026-05-20")
            try await eventually("the registration waits") {
                fixture.identity.runtime.health.problems.values.contains { $0.contains("event of catalogue for \(Programmes.id)") }
            }
            try await fixture.publish(try Programmes.published())
            #expect(try await registered.state == "entitled")
        }
    }
}
