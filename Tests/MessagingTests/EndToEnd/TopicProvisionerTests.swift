import Foundation
import Kafka
import Kernel
import Messages
import Postgres
import Synchronization
import TestKit
import Testing
import Toys

@testable import Messaging

@Suite("Topic provisioning and Kafka outages")
struct TopicProvisionerTests {
    /// Runs the toy services on an empty broker of their own.
    private static func with(
        verdict: @escaping AdminBroker.Verdict = { _ in (0, nil) }, options: MessagingOptions = .embeddedBroker,
        _ body: (AdminBroker, _ counter: MessagingRuntime<CounterRows>, _ asker: MessagingRuntime<SeenRows>) async throws -> Void
    ) async throws {
        try await MessagingFixture.with(services: []) { stage in
            let broker = try AdminBroker(verdict)
            let kafka = KafkaConfiguration(bootstrapServers: broker.bootstrapServers, clientID: "test")
            let counter = try MessagingRuntime(
                CounterService.registry, pool: try await stage.database("counter", tables: CounterService.table), kafka: kafka,
                options: options, logger: stage.logger)
            let asker = try MessagingRuntime(
                AskerService.registry, pool: try await stage.database("asker", tables: AskerService.table), kafka: kafka,
                options: options, logger: stage.logger)
            // Before they run they are not ready.
            #expect(Set(counter.health.problems.keys) == ["kafka", "topics"])
            let running = [Task { try await counter.run() }, Task { try await asker.run() }]
            var failure: (any Error)?
            do { try await body(broker, counter, asker) } catch { failure = error }
            for task in running { task.cancel() }
            for task in running { _ = await task.result }
            await broker.close()
            if let failure { throw failure }
        }
    }

    private static func total(_ asker: MessagingRuntime<SeenRows>, adding amount: Int64, _ key: String) async throws -> String? {
        let id = try await asker.requests.accept(AddAmount(counter: "k", amount: amount), key: "k", from: .test(key))
        return try await asker.requests.outcome(of: id, within: .seconds(60))?.result
    }

    @Test("on an empty broker each service creates its topics in one request, with the configured settings, and then works")
    func fromEmpty() async throws {
        var options = MessagingOptions.embeddedBroker
        options.partitionsPerTopic = 6
        try await Self.with(options: options) { broker, counter, asker in
            #expect(try await Self.total(asker, adding: 3, "1") == "3")
            try await eventually("both are ready") { counter.health.problems.isEmpty && asker.health.problems.isEmpty }
            let topics = Set(Topic.all(of: "counter") + Topic.all(of: "asker"))
            #expect(Set(broker.createdTopics.keys) == topics)
            // Each of two services requests all missing topics once; a third request only if Kafka did not list them at once.
            #expect(broker.requests.count <= 3, "\(broker.requests.map { $0.map(\.name) })")
            for (name, topic) in broker.createdTopics {
                #expect(topic.partitions == (name.hasSuffix(".parked") ? 1 : 6), "\(name)")
                #expect(topic.copies == 1 && topic.settings["min.insync.replicas"] == "1", "\(name)")
            }
        }
    }

    @Test("while Kafka refuses a topic only the service that needs it is not ready, and says why; it continues once the topic exists")
    func refused() async throws {
        let allows = Mutex(false)
        let verdict: AdminBroker.Verdict = { topic in
            topic.name == "asker.events" && !allows.withLock { $0 } ? (44, "No topic of this name.") : (0, nil)
        }
        try await Self.with(verdict: verdict) { broker, counter, asker in
            try await eventually("the counter is ready") { counter.health.problems.isEmpty }
            try await eventually("the asker reports why it is not ready") {
                let problem = asker.health.problems["topics"] ?? ""
                return problem.contains("asker.events") && problem.contains("No topic of this name.") && !problem.contains("counter.")
            }
            allows.withLock { $0 = true }
            try await eventually("the asker is ready", within: .seconds(30)) { asker.health.problems.isEmpty }
            #expect(try await Self.total(asker, adding: 2, "1") == "2")
        }
    }

    @Test("when Kafka dies every service is red within 10 s and reports since when; commands accepted meanwhile are not lost")
    func silence() async throws {
        try await Self.with { broker, counter, asker in
            #expect(try await Self.total(asker, adding: 1, "1") == "1")
            try await eventually("both are ready") { counter.health.problems.isEmpty && asker.health.problems.isEmpty }
            broker.goDown()
            try await eventually("both are red", within: .seconds(10)) {
                [counter.health.problems, asker.health.problems].allSatisfy {
                    $0["kafka"]?.contains(/Kafka at 127\.0\.0\.1:\d+ has been silent for \d+ s/) == true
                }
            }
            let id = try await asker.requests.accept(AddAmount(counter: "k", amount: 4), key: "k", from: .test("2"))
            broker.comeUp()
            #expect(try await asker.requests.outcome(of: id, within: .seconds(60))?.result == "5")
            try await eventually("both are ready again") { counter.health.problems.isEmpty && asker.health.problems.isEmpty }
        }
    }

    @Test("a missing topic does not block publishing on other topics")
    func onlyOne() async throws {
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter")
            let producer = try KafkaProducer(stage.kafka, logger: stage.logger)
            try await Wire.with(stage, reading: ["counter.events"]) { wire in
                let relay = try await Relay.test(stage, pool, producer)
                let drafts = (0..<20).map { number in
                    OutboxDraft(
                        id: UUID(), topic: number % 2 == 0 ? "nobody.commands" : "counter.events", key: "k\(number)",
                        type: MessageType("counter", "amount-added"), isVersioned: false, time: Date(), body: Array("{}".utf8))
                }
                try await pool.write(drafts)
                let running = Task { try await relay.run() }
                // Far sooner than a wait for each missing topic would take.
                try await eventually("the others are published", within: .seconds(8)) { wire.messageCount("counter.events") == 10 }
                running.cancel()
                _ = await running.result
            }
            #expect(try await producer.topics(deadline: .seconds(20))["nobody.commands"] == nil)
            await producer.close(deadline: .seconds(2))
        }
    }
}
