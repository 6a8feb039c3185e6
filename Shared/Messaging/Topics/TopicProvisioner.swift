import Kafka
import Kernel
import Logging

/// Queries Kafka for all topics every two seconds while the service runs: it checks that Kafka responds and that the topics which the
/// service needs exist. Missing topics are created, all in one request.
struct TopicProvisioner: Sendable {
    let kafka: KafkaConfiguration
    let producer: KafkaProducer
    let plan: TopicPlan
    let known: KnownTopics
    let health: MessagingHealth
    let logger: Logger

    private static let pause = Duration.seconds(2)
    private static let queryTimeout = Duration.seconds(3)
    private static let creationTimeout = Duration.seconds(5)

    /// Returns when every topic that the service needs exists, with its replicas and its leaders. Until then readiness is red; the wait
    /// ends only with the task.
    func waitUntilReady() async throws {
        var backoff = Backoff()
        while let problem = await check() {
            try Task.checkCancellation()
            if backoff.failures % 10 == 3 { logger.warning("waiting for Kafka's topics", metadata: ["problem": "\(problem)"]) }
            try await Task.sleep(for: min(Self.pause, backoff.next()))
        }
    }

    /// Continues to check until the task is cancelled.
    func watch() async {
        await logDifferences()
        var logged: String?
        while !Task.isCancelled {
            let problem = await check()
            if problem != logged, !Task.isCancelled {
                logger.warning(
                    problem == nil ? "Kafka and its topics are available again" : "Kafka or its topics have a problem",
                    metadata: ["problem": "\(problem ?? "none")"])
                logged = problem
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// Checks once. Returns why the service cannot work; nil if it can.
    private func check() async -> String? {
        do {
            var found = try await queryTopics()
            var refusals: [String: String] = [:]
            let missing = plan.missing(in: found)
            // If all needed topics exist, the others are left to other services, so that a refusal is not retried for ever.
            if missing.contains(where: { plan.needed.contains($0.name) }) {
                refusals = await create(missing)
                found = try await queryTopics()
            }
            known.update(found)
            let problems = plan.problems(in: found, refusals: refusals)
            guard problems.isEmpty else {
                health.report("topics", problems.joined(separator: "; "))
                return problems.joined(separator: "; ")
            }
            health.clear("topics")
            return nil
        } catch {
            return "Kafka does not respond: \(WorkerFailure.explanation(error))"
        }
    }

    private func queryTopics() async throws -> [String: KafkaTopicDescription] {
        let found = try await producer.topics(deadline: Self.queryTimeout)
        health.kafkaAnswered()
        return found
    }

    /// Creates topics. Returns the reason for each that was not created. Another service may be creating the same ones.
    private func create(_ topics: [KafkaTopic]) async -> [String: String] {
        do {
            return try await withAdmin { try await $0.createTopics(topics, deadline: Self.creationTimeout) }.mapValues(\.description)
        } catch {
            return Dictionary(uniqueKeysWithValues: topics.map { ($0.name, WorkerFailure.explanation(error)) })
        }
    }

    /// Logs differences from the expected settings, once.
    private func logDifferences() async {
        let names = plan.needed.sorted()
        // Without access to the broker's settings the comparison is skipped.
        let settings = (try? await withAdmin { try await $0.settings(of: names, deadline: Self.queryTimeout) }) ?? [:]
        for line in plan.differences(in: known.all, settings: settings) {
            logger.warning("a topic differs from the expected settings", metadata: ["difference": "\(line)"])
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
