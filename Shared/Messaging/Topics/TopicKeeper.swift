import Kafka
import Logging

/// Asks Kafka for all topics every two seconds, for as long as the service runs: whether Kafka answers, and whether the topics that the
/// service needs are there. What is missing is made, all in one request.
struct TopicKeeper: Sendable {
    let kafka: KafkaConfiguration
    let producer: KafkaProducer
    let plan: TopicPlan
    let known: KnownTopics
    let health: MessagingHealth
    let logger: Logger

    private static let pause = Duration.seconds(2)
    private static let answerDeadline = Duration.seconds(3)
    private static let makingDeadline = Duration.seconds(5)

    /// Returns when every topic that the service needs is there, with its copies and its leaders. Until then readiness is red, and the wait
    /// ends only with the task.
    func settle() async throws {
        var backoff = Backoff()
        while let trouble = await look() {
            try Task.checkCancellation()
            if backoff.failures % 10 == 3 { logger.warning("waits for Kafka's topics", metadata: ["because": "\(trouble)"]) }
            try await Task.sleep(for: min(Self.pause, backoff.next()))
        }
    }

    /// Goes on looking until the task is cancelled.
    func watch() async {
        await tellDifferences()
        var told: String?
        while !Task.isCancelled {
            let trouble = await look()
            if trouble != told, !Task.isCancelled {
                logger.warning(
                    trouble == nil ? "Kafka and its topics are well again" : "Kafka", metadata: ["trouble": "\(trouble ?? "none")"])
                told = trouble
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// One look. Returns why the service cannot work, nil when it can.
    private func look() async -> String? {
        do {
            var found = try await ask()
            var refusals: [String: String] = [:]
            let missing = plan.missing(in: found)
            // Who has what it needs leaves the rest to the others: a Kafka that refuses them is not asked for ever.
            if missing.contains(where: { plan.needed.contains($0.name) }) {
                refusals = await make(missing)
                found = try await ask()
            }
            known.learn(found)
            let problems = plan.problems(in: found, refusals: refusals)
            guard problems.isEmpty else {
                health.report("topics", problems.joined(separator: "; "))
                return problems.joined(separator: "; ")
            }
            health.clear("topics")
            return nil
        } catch {
            return "no answer: \(LaneFailure.explanation(error))"
        }
    }

    private func ask() async throws -> [String: KafkaTopicDescription] {
        let found = try await producer.topics(deadline: Self.answerDeadline)
        health.kafkaAnswered()
        return found
    }

    /// Has topics made, and returns of each that was not made why. Another service may be making the same ones.
    private func make(_ topics: [KafkaTopic]) async -> [String: String] {
        do {
            return try await withAdmin { try await $0.createTopics(topics, deadline: Self.makingDeadline) }.mapValues(\.description)
        } catch {
            return Dictionary(uniqueKeysWithValues: topics.map { ($0.name, LaneFailure.explanation(error)) })
        }
    }

    /// Tells in the log what is otherwise than wanted, once.
    private func tellDifferences() async {
        let names = plan.needed.sorted()
        // A broker that does not tell its settings is no reason not to work with it.
        let settings = (try? await withAdmin { try await $0.settings(of: names, deadline: Self.answerDeadline) }) ?? [:]
        for line in plan.differences(in: known.all, settings: settings) {
            logger.warning("a topic is not as it is wanted", metadata: ["difference": "\(line)"])
        }
    }

    private func withAdmin<R: Sendable>(_ body: (KafkaAdmin) async throws -> R) async throws -> R {
        let admin = try KafkaAdmin(kafka, logger: logger)
        let result: Result<R, any Error>
        do { result = .success(try await body(admin)) } catch { result = .failure(error) }
        await admin.close(deadline: .seconds(3))
        return try result.get()
    }
}
