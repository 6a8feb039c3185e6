import Messages
import TestKit
import Testing
import Toys

@testable import Kafka
@testable import Messaging

@Suite("Topic plan")
struct TopicPlanTests {
    private static let plan = TopicPlan(service: "timer", uses: ["timer.commands"], options: MessagingOptions())

    /// The planned topics as Kafka would describe them, after `change`.
    private static func shown(_ change: (inout [String: (partitions: Int, copies: Int)]) -> Void = { _ in }) -> [String:
        KafkaTopicDescription]
    {
        var topics = Dictionary(uniqueKeysWithValues: plan.topics.map { ($0.name, (partitions: $0.partitions, copies: $0.replication)) })
        change(&topics)
        return Dictionary(
            uniqueKeysWithValues: topics.map { ($0.key, .shown($0.key, partitions: $0.value.partitions, copies: $0.value.copies)) })
    }

    private static let settings = Dictionary(uniqueKeysWithValues: plan.topics.map { ($0.name, $0.configuration) })

    @Test("a service of the platform creates every topic of the platform, and needs those that it reads or writes")
    func platform() {
        #expect(Self.plan.topics.map(\.name) == PlatformTopic.all.map(\.name))
        #expect(Self.plan.needed == Set(PlatformTopic.used(by: "timer").map(\.name)))
        #expect(Self.plan.missing(in: [:]).count == PlatformTopic.all.count)
    }

    @Test("any other service needs its own topics, those that it reads, and the command topics for republish requests")
    func other() {
        let plan = TopicPlan(service: "asker", uses: AskerService.registry.usedTopics, options: .embeddedBroker)
        #expect(
            plan.topics.map(\.name) == ["asker.commands", "asker.events", "asker.parked", "counter.commands", "counter.events", "replies"])
        #expect(plan.needed == Set(plan.topics.map(\.name)))
    }

    @Test("topics as planned are no problem and have no differences")
    func asPlanned() {
        #expect(Self.plan.problems(in: Self.shown()).isEmpty)
        #expect(Self.plan.differences(in: Self.shown(), settings: Self.settings).isEmpty)
        #expect(Self.plan.missing(in: Self.shown()).isEmpty)
    }

    @Test("a missing needed topic is a problem, with Kafka's refusal; one that only others need is no problem, but is created")
    func missing() {
        let found = Self.shown {
            $0["timer.events"] = nil; $0["payout.parked"] = nil
        }
        #expect(Self.plan.missing(in: found).map(\.name) == ["payout.parked", "timer.events"])
        #expect(Self.plan.problems(in: found) == ["missing topics: timer.events"])
        let problems = Self.plan.problems(in: found, refusals: ["timer.events": "POLICY_VIOLATION", "payout.parked": "POLICY_VIOLATION"])
        #expect(problems == ["Kafka did not create timer.events: POLICY_VIOLATION"])
    }

    @Test("fewer replicas than configured is a problem that names the setting and the remedy; more is a difference")
    func copies() {
        let fewer = Self.plan.problems(in: Self.shown { $0["timer.events"]?.copies = 1 })
        #expect(fewer.count == 1)
        for word in ["timer.events", "1 replicas", "messaging.replicationFactor", "3", "kafka-reassign-partitions"] {
            #expect(fewer.first?.contains(word) == true, "\(word): \(fewer)")
        }
        let more = Self.shown { $0["timer.events"]?.copies = 5 }
        #expect(Self.plan.problems(in: more).isEmpty)
        #expect(Self.plan.differences(in: more, settings: Self.settings) == ["timer.events: replicas is 5, expected is 3"])
    }

    @Test("other partition counts and other topic settings are differences under their names, and no problem")
    func differences() {
        let found = Self.shown { $0["timer.events"]?.partitions = 12 }
        var settings = Self.settings
        settings["timer.events"]?["min.insync.replicas"] = "1"
        settings["replies"]?["retention.ms"] = "60000"
        settings["timer.parked"] = nil
        #expect(Self.plan.problems(in: found).isEmpty)
        #expect(
            Self.plan.differences(in: found, settings: settings) == [
                "replies: retention.ms is 60000, expected is 604800000", "timer.events: partitions is 12, expected is 8",
                "timer.events: min.insync.replicas is 1, expected is 2",
            ])
    }

    @Test("a needed topic with a partition that has no leader is a problem")
    func leaderless() {
        var found = Self.shown()
        found["timer.events"] = .shown("timer.events", partitions: 8, copies: 3, leaders: 7)
        found["payout.parked"] = .shown("payout.parked", partitions: 1, copies: 3, leaders: 0)
        #expect(Self.plan.problems(in: found) == ["a partition has no leader: timer.events"])
    }

    @Test(
        "as many in-sync replicas are required as configured, but at most one less than there are replicas",
        arguments: [(1, 2, 1), (2, 2, 1), (3, 2, 2), (3, 1, 1), (3, 3, 2), (5, 3, 3)])
    func inStep(copies: Int, configured: Int, wanted: Int) {
        var options = MessagingOptions()
        (options.replicationFactor, options.minInsyncReplicas) = (copies, configured)
        #expect(TopicPlan(service: "timer", uses: [], options: options).topics[0].configuration["min.insync.replicas"] == "\(wanted)")
    }
}

extension KafkaTopicDescription {
    /// A topic as a cluster describes it; the first `leaders` partitions have a leader.
    static func shown(_ name: String, partitions: Int, copies: Int, leaders: Int? = nil) -> KafkaTopicDescription {
        let brokers = (1...Int32(copies)).map { $0 }
        let all = (0..<Int32(partitions)).map { id in
            RDTopicMetadata.Partition(
                id: id, leader: id < leaders ?? partitions ? 1 : -1, replicas: brokers, inSyncReplicas: brokers, errorCode: 0)
        }
        return KafkaTopicDescription(RDTopicMetadata(name: name, partitions: all, errorCode: 0))!
    }
}

@Suite("Kafka health")
struct KafkaSilenceTests {
    @Test("health is red before Kafka's first response and from 7 s after its last one, and names the servers and the time")
    func silence() throws {
        let health = MessagingHealth(kafka: "kafka-1:9092,kafka-2:9092")
        let began = ContinuousClock.now
        #expect(try #require(health.problems["kafka"]).contains("kafka-1:9092,kafka-2:9092 has not answered"))
        health.kafkaAnswered(at: began)
        #expect(health.problems(at: began + .seconds(6)).isEmpty)
        let problem = try #require(health.problems(at: began + .seconds(9))["kafka"])
        #expect(problem == "Kafka at kafka-1:9092,kafka-2:9092 has been silent for 9 s")
        health.kafkaAnswered(at: began + .seconds(10))
        #expect(health.problems(at: began + .seconds(11)).isEmpty)
    }
}
