import Kafka
import Logging
import Messages

/// Reads the end of `replies` and resumes waiting requests of this process. It stores nothing: the instance that is assigned the partition
/// writes the answers to the database. A single instance receives all answers through its consumer and does not need this.
struct ReplyListener: Sendable {
    let configuration: KafkaConfiguration
    let waiters: ReplyWaiters
    let options: MessagingOptions
    let logger: Logger

    /// Runs until the task is cancelled. While it fails, requests find their answers by polling the database, a little later.
    func run() async throws {
        while !Task.isCancelled {
            do {
                try await listen()
            } catch {
                if Task.isCancelled { return }
                logger.warning("cannot read replies", metadata: ["error": "\(WorkerFailure.explanation(error))"])
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func listen() async throws {
        let settings = KafkaConsumerOptions(
            mode: .tail, topics: [Topic.replies], sessionTimeout: options.sessionTimeout, fetchWait: options.replyFetchWait)
        let consumer = try KafkaConsumer(configuration, options: settings, logger: logger)
        do {
            try await consumer.start()
            while let batch = try await consumer.next(worker: 0, upTo: 1000) {
                waiters.wake(batch.records)
                await consumer.complete(batch)
            }
        } catch {
            await consumer.close(deadline: .seconds(3))
            throw error
        }
        await consumer.close(deadline: .seconds(3))
    }
}
