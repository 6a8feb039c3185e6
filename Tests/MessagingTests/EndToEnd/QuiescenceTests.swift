import Foundation
import Messages
import Messaging
import TestKit
import Testing
import Toys

@Suite("Quiescence")
struct QuiescenceTests {
    @Test("services are quiescent once all messages are received, and not while a reader is stopped")
    func quiet() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            let counter = try stage.start(
                CounterService.registry, on: try await stage.database("counter", tables: CounterService.table))
            let asker = try stage.start(AskerService.registry, on: try await stage.database("asker", tables: AskerService.table))
            let id = try await asker.runtime.requests.accept(AddAmount(counter: "a", amount: 1), key: "a", from: .test("k"))
            #expect(try await asker.runtime.requests.outcome(of: id, within: .seconds(30)) != nil)
            try await eventually("they are quiescent") {
                let looks = [try await counter.runtime.quiescence(), try await asker.runtime.quiescence()]
                return Quiescence.blockers(of: looks).isEmpty
            }
            let look = try await asker.runtime.quiescence()
            #expect((look.produced["counter.commands"] ?? 0) >= 1)
            try await counter.stop()
            _ = try await asker.runtime.requests.accept(AddAmount(counter: "a", amount: 1), key: "a", from: .test("l"))
            try await eventually("it is published") { try await asker.runtime.quiescence().pending == 0 }
            let looks = [try await counter.runtime.quiescence(), try await asker.runtime.quiescence()]
            #expect(Quiescence.blockers(of: looks) == ["counter is 1 messages behind asker on counter.commands"])
            #expect(looks[0].lag(behind: looks) == 1)
        }
    }
}
