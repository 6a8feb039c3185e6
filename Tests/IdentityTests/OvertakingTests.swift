import Foundation
import Kernel
import Messages
import Messaging
import TestKit
import Testing

@testable import Identity

@Suite("A registration that overtakes its programme")
struct OvertakingTests {
    @Test("it waits for the version that its sender has seen, and is judged by it; QUAN-07: one that nobody has seen is refused at once")
    func waits() async throws {
        try await IdentityStage.with { stage in
            let enterprise = UUID()
            let unseen = try await stage.ask(try Enterprises.registration(enterprise), for: enterprise, on: "2026-05-20")
            #expect(unseen.refusal?.clauses == ["QUAN-07"])
            async let registered = stage.register(try Enterprises.registration(enterprise, programmeSeen: 1), on: "2026-05-20")
            try await eventually("it waits") {
                stage.identity.runtime.health.problems.values.contains { $0.contains("told of \(Programmes.id)") }
            }
            try await stage.publish(try Programmes.published())
            #expect(try await registered.state == "entitled")
        }
    }
}
