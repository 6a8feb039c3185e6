import Messages
import TestKit
import Testing
import Toys

@testable import Kafka
@testable import Messaging

@Suite("The topics a service needs")
struct TopicPlanTests {
    private static let plan = TopicPlan(service: "timer", uses: ["timer.commands"], options: MessagingOptions())

    /// As Kafka would show what is wanted, changed.
    private static func shown(_ change: (inout [String: (partitions: Int, copies: Int)]) -> Void = { _ in }) -> [String:
        KafkaTopicDescription]
    {
        var topics = Dictionary(uniqueKeysWithValues: plan.wanted.map { ($0.name, (partitions: $0.partitions, copies: $0.replication)) })
        change(&topics)
        return Dictionary(
            uniqueKeysWithValues: topics.map { ($0.key, .shown($0.key, partitions: $0.value.partitions, copies: $0.value.copies)) })
    }

    private static let settings = Dictionary(uniqueKeysWithValues: plan.wanted.map { ($0.name, $0.configuration) })

    @Test("a service of the platform has every topic of the platform made, and needs those that it reads or writes")
    func platform() {
        #expect(Self.plan.wanted.map(\.name) == PlatformTopic.all.map(\.name))
        #expect(Self.plan.needed == Set(PlatformTopic.used(by: "timer").map(\.name)))
        #expect(Self.plan.missing(in: [:]).count == PlatformTopic.all.count)
    }

    @Test("another service needs its own topics, those that it reads, and those on which it asks for what is missing")
    func other() {
        let plan = TopicPlan(service: "asker", uses: AskerService.contents.usedTopics, options: .embeddedBroker)
        #expect(
            plan.wanted.map(\.name) == ["asker.commands", "asker.events", "asker.parked", "counter.commands", "counter.events", "replies"])
        #expect(plan.needed == Set(plan.wanted.map(\.name)))
    }

    @Test("topics as they are wanted are no problem, and differ in nothing")
    func asWanted() {
        #expect(Self.plan.problems(in: Self.shown()).isEmpty)
        #expect(Self.plan.differences(in: Self.shown(), settings: Self.settings).isEmpty)
        #expect(Self.plan.missing(in: Self.shown()).isEmpty)
    }

    @Test("a needed topic that is missing is a problem, with Kafka's refusal; one that only others need is none, but is made")
    func missing() {
        let found = Self.shown {
            $0["timer.events"] = nil; $0["payout.parked"] = nil
        }
        #expect(Self.plan.missing(in: found).map(\.name) == ["payout.parked", "timer.events"])
        #expect(Self.plan.problems(in: found) == ["not there yet: timer.events"])
        let problems = Self.plan.problems(in: found, refusals: ["timer.events": "POLICY_VIOLATION", "payout.parked": "POLICY_VIOLATION"])
        #expect(problems == ["Kafka did not make timer.events: POLICY_VIOLATION"])
    }

    @Test("fewer copies than configured is a problem that names the setting and the cure; more is a difference")
    func copies() {
        let fewer = Self.plan.problems(in: Self.shown { $0["timer.events"]?.copies = 1 })
        #expect(fewer.count == 1)
        for word in ["timer.events", "1 copies", "messaging.replicationFactor", "3", "kafka-reassign-partitions"] {
            #expect(fewer.first?.contains(word) == true, "\(word): \(fewer)")
        }
        let more = Self.shown { $0["timer.events"]?.copies = 5 }
        #expect(Self.plan.problems(in: more).isEmpty)
        #expect(Self.plan.differences(in: more, settings: Self.settings) == ["timer.events: copies is 5, wanted is 3"])
    }

    @Test("other partitions and other settings of Kafka are differences under their names, and no problem")
    func differences() {
        let found = Self.shown { $0["timer.events"]?.partitions = 12 }
        var settings = Self.settings
        settings["timer.events"]?["min.insync.replicas"] = "1"
        settings["replies"]?["retention.ms"] = "60000"
        settings["timer.parked"] = nil
        #expect(Self.plan.problems(in: found).isEmpty)
        #expect(
            Self.plan.differences(in: found, settings: settings) == [
                "replies: retention.ms is 60000, wanted is 604800000", "timer.events: partitions is 12, wanted is 8",
                "timer.events: min.insync.replicas is 1, wanted is 2",
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
        "so many copies are in step as configured, but one less than there are at most",
        arguments: [(1, 2, 1), (2, 2, 1), (3, 2, 2), (3, 1, 1), (3, 3, 2), (5, 3, 3)])
    func inStep(copies: Int, configured: Int, wanted: Int) {
        var options = MessagingOptions()
        (options.replicationFactor, options.minInsyncReplicas) = (copies, configured)
        #expect(TopicPlan(service: "timer", uses: [], options: options).wanted[0].configuration["min.insync.replicas"] == "\(wanted)")
    }
}

extension KafkaTopicDescription {
    /// A topic as a cluster shows it; the first so many partitions have a leader.
    static func shown(_ name: String, partitions: Int, copies: Int, leaders: Int? = nil) -> KafkaTopicDescription {
        let brokers = (1...Int32(copies)).map { $0 }
        let all = (0..<Int32(partitions)).map { id in
            RDTopicMetadata.Partition(
                id: id, leader: id < leaders ?? partitions ? 1 : -1, replicas: brokers, inSyncReplicas: brokers, errorCode: 0)
        }
        return KafkaTopicDescription(RDTopicMetadata(name: name, partitions: all, errorCode: 0))!
    }
}

@Suite("Kafka's silence")
struct KafkaSilenceTests {
    @Test("who asks Kafka is not well before its first answer, nor a few seconds after its last, and says of whom and how long")
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
