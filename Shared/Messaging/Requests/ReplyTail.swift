import Kafka
import Kernel
import Logging
import Messages

/// Reads the end of `replies` and wakes whoever waits in this process. It stores nothing: the answers themselves are
/// written to the database by whichever instance has the partition. An instance that is alone has them all, and wakes whoever waits as they
/// arrive; it needs no tail.
struct ReplyTail: Sendable {
    let configuration: KafkaConfiguration
    let waiters: ReplyWaiters
    let options: MessagingOptions
    let logger: Logger

    /// Runs until the task is cancelled. Without it answers are found by looking, a little later.
    func run() async throws {
        while !Task.isCancelled {
            do {
                try await follow()
            } catch {
                if Task.isCancelled { return }
                logger.warning("cannot follow answers", metadata: ["error": "\(LaneFailure.explanation(error))"])
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func follow() async throws {
        var settings = KafkaConsumerOptions(mode: .tail, topics: [Topic.replies])
        settings.sessionTimeout = options.sessionTimeout
        settings.fetchWait = options.replyFetchWait
        let consumer = try KafkaConsumer(configuration, options: settings, logger: logger)
        do {
            try await consumer.start()
            while let batch = try await consumer.next(lane: 0, upTo: 1000) {
                waiters.wake(batch.records)
                await consumer.done(batch)
            }
        } catch {
            await consumer.close(deadline: .seconds(3))
            throw error
        }
        await consumer.close(deadline: .seconds(3))
    }
}

extension ReplyWaiters {
    /// Wakes those who wait for these answers; records of other topics are passed over.
    func wake(_ records: [KafkaRecord]) {
        guard !isEmpty else { return }
        for record in records where record.topic == Topic.replies {
            if let reply = Reply(record) { wake(reply) }
        }
    }
}
