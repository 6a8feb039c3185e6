import Foundation
import Kernel
import Messages
import Messaging
import TestKit
import Testing
import Toys

@Suite("Round trip")
struct RoundTripTests {
    @Test("an accepted command is handled once, answered, and its event is published once, however often the request is repeated")
    func roundTrip() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            let counter = try stage.start(
                CounterService.registry, on: try await stage.database("counter", tables: CounterService.table))
            let asker = try stage.start(AskerService.registry, on: try await stage.database("asker", tables: AskerService.table))

            var ids: [UUID] = []
            for number in 1...50 {
                for _ in 1...2 {
                    let id = try await asker.runtime.requests.accept(
                        AddAmount(counter: "c\(number % 5)", amount: 1), key: "c\(number % 5)", from: .test("k\(number)"))
                    ids.append(id)
                }
            }
            #expect(Set(ids).count == 50)
            for id in ids {
                let outcome = try #require(try await asker.runtime.requests.outcome(of: id, within: .seconds(30)))
                #expect(outcome.refusal == nil)
            }
            #expect(try await counter.number("select sum(total)::bigint from counter") == 50)
            try await eventually("all events are seen") { try await asker.number("select count(*) from seen") == 50 }
            let isOrdered = try await asker.number(
                "select count(*) from (select total, row_number() over (partition by counter order by id) as n from seen) s where total <> n"
            )
            #expect(isOrdered == 0)
            try await asker.stop()
            try await counter.stop()
        }
    }
}
