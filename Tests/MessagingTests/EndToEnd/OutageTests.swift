import Foundation
import Kafka
import Kernel
import Messages
import Postgres
import TestKit
import Testing
import Toys

@testable import Messaging

@Suite("Outages")
struct OutageTests {
    @Test("without a broker commands are still accepted, health reports the problem, and they are answered when the broker is back")
    func noBroker() async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            let counterPool = try await stage.database("counter", tables: CounterService.table)
            let askerPool = try await stage.database("asker", tables: AskerService.table)
            try stage.broker.setDown()
            let counter = try stage.start(CounterService.registry, on: counterPool)
            let asker = try stage.start(AskerService.registry, on: askerPool)
            let id = try await asker.runtime.requests.accept(AddAmount(counter: "k", amount: 3), key: "k", from: .test("1"))
            try await eventually("health reports it") { !asker.runtime.health.problems.isEmpty && !counter.runtime.health.problems.isEmpty }
            #expect(try await asker.runtime.requests.outcome(of: id, within: .zero) == nil)
            try stage.broker.setUp()
            #expect(try await asker.runtime.requests.outcome(of: id, within: .seconds(60))?.result == "3")
            // Again, while everything runs.
            try stage.broker.setDown()
            let second = try await asker.runtime.requests.accept(AddAmount(counter: "k", amount: 4), key: "k", from: .test("2"))
            try await eventually("health reports it") { asker.runtime.health.problems.keys.contains { $0.hasPrefix("relay") } }
            try stage.broker.setUp()
            #expect(try await asker.runtime.requests.outcome(of: second, within: .seconds(60))?.result == "7")
            try await eventually("health is clear") { asker.runtime.health.problems.isEmpty && counter.runtime.health.problems.isEmpty }
        }
    }

    @Test("without a database nothing is handled or parked, health reports the problem, and everything is handled when it is back")
    func noDatabase() async throws {
        let server = try await PrivatePostgres.start()
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let counter = try stage.start(
                CounterService.registry, on: try await stage.database("counter", tables: CounterService.table, on: server))
            try await Wire.with(stage) { wire in
                #expect(try await wire.answer(to: try await wire.add("k")).result == "1")
                try await server.stop(.immediate)
                var ids: [UUID] = []
                for number in 0..<20 { ids.append(try await wire.add("k\(number)")) }
                try await eventually("health reports it") { counter.runtime.health.problems.keys.contains { $0.hasPrefix("worker-") } }
                #expect(ids.allSatisfy { wire.answers(to: $0).isEmpty })
                try await server.start()
                for id in ids { #expect(try await wire.answer(to: id).result == "1") }
                try await eventually("health is clear") { counter.runtime.health.problems.isEmpty }
                #expect(try await counter.parked().isEmpty)
            }
        }
        await server.discard()
    }

    @Test("after an outage of the database without traffic, health becomes clear again")
    func noTraffic() async throws {
        let server = try await PrivatePostgres.start()
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let counter = try stage.start(
                CounterService.registry, on: try await stage.database("counter", tables: CounterService.table, on: server))
            try await eventually("it is ready") { counter.runtime.health.problems.isEmpty }
            try await server.stop(.immediate)
            try await eventually("the relay reports it") { counter.runtime.health.problems.keys.contains { $0.hasPrefix("relay-") } }
            try await server.start()
            try await eventually("health is clear") { counter.runtime.health.problems.isEmpty }
        }
        await server.discard()
    }

    @Test("a wrong database password delays messages, is reported by health, and parks nothing after it is fixed")
    func wrongPassword() async throws {
        var options = PrivatePostgres.Options()
        options.authentication = .password("right")
        let server = try await PrivatePostgres.start(options)
        try await MessagingFixture.with(services: ["counter"]) { stage in
            var configuration = try await server.temporaryDatabase("counter")
            let right = stage.pool(configuration)
            try await right.withConnection { connection in
                for migration in MessagingMigrations.all { try await connection.script(migration.sql) }
                try await connection.script(CounterService.table)
                try await connection.script("create role counter_service login superuser password 'right'")
            }
            configuration.user = "counter_service"
            configuration.password = "wrong"
            let counter = try stage.start(CounterService.registry, on: stage.pool(configuration))
            try await Wire.with(stage) { wire in
                let ids = [try await wire.add("a"), try await wire.add("b"), try await wire.add("a")]
                try await eventually("health reports it") {
                    counter.runtime.health.problems.contains { $0.key.hasPrefix("worker-") && $0.value.contains("28P01") }
                }
                #expect(counter.runtime.health.problems.values.allSatisfy { !$0.contains("wrong") })
                try await right.withConnection { try await $0.script("alter role counter_service password 'wrong'") }
                for id in ids { #expect(try await wire.answer(to: id).refusal == nil) }
                #expect(try await counter.parked().isEmpty)
                #expect(try await counter.number("select sum(total)::bigint from counter") == 3)
            }
        }
        await server.discard()
    }
}
