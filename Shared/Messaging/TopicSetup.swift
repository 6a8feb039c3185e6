import Kafka
import Logging

/// Sees to it that the topics a service needs are there before it subscribes to them.
struct TopicSetup: Sendable {
    let kafka: KafkaConfiguration
    let producer: KafkaProducer
    let options: MessagingOptions
    let health: MessagingHealth
    let logger: Logger

    /// Returns when all topics are there. Without a broker it waits, readiness red, until there is one or the task is cancelled.
    func run(_ topics: [String]) async throws {
        var backoff = Backoff()
        while true {
            do {
                let missing = try await missing(topics)
                if !missing.isEmpty { try await create(missing) }
                return health.clear("topics")
            } catch {
                try Task.checkCancellation()
                health.report("topics", "the topics are not there yet: \(LaneFailure.explanation(error))")
                if backoff.failures % 10 == 0 {
                    logger.warning("waits for Kafka's topics", metadata: ["error": "\(LaneFailure.explanation(error))"])
                }
                try await backoff.pause()
            }
        }
    }

    private func missing(_ topics: [String]) async throws -> [String] {
        var missing: [String] = []
        for topic in topics {
            do {
                _ = try await producer.partitionCount(of: topic, deadline: .seconds(5))
            } catch let error as KafkaError where error.isUnknownTopic {
                missing.append(topic)
            }
        }
        return missing
    }

    /// As many copies as asked for, or as a small cluster can hold.
    private func create(_ topics: [String]) async throws {
        let admin = try KafkaAdmin(kafka, logger: logger)
        var failure: (any Error)?
        for copies in stride(from: options.replicationFactor, through: 1, by: -1) {
            do {
                let wanted = topics.map { KafkaTopic(name: $0, partitions: options.partitionsATopic, replication: copies) }
                try await admin.createTopics(wanted, deadline: .seconds(15))
                try await admin.waitUntilThere(wanted, deadline: .seconds(15))
                failure = nil
                break
            } catch {
                failure = error
            }
        }
        await admin.close(deadline: .seconds(3))
        if let failure { throw failure }
    }
}
