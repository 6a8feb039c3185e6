package import Foundation
package import Kafka
import Kernel
package import Logging
package import Messages
import Messaging

/// Sends an operator's commands to services and waits for the answers on `replies`. It writes directly to Kafka, without a database or an
/// outbox.
///
/// It gives no delivery guarantee: the caller gets the answer or an error and may repeat the command. A repetition with the same id is
/// harmless.
package final class OperatorLink: Sendable {
    /// No answer arrived in time. The command may have been handled all the same.
    package struct NoAnswer: Error, Sendable, Hashable, CustomStringConvertible {
        /// The command's type.
        package let type: MessageType
        /// How long the caller waited.
        package let limit: Duration
        /// What was not answered, and what to check.
        package var description: String {
            "\(type.service) did not answer \(type) within \(limit); check with `quan status` that it runs and handles its commands"
        }
    }

    /// The command is parked, or waits behind a parked message. It is answered after an operator has redriven or discarded that message.
    package struct CommandIsParked: Error, Sendable, Hashable, CustomStringConvertible {
        /// The service's note.
        package let note: CommandSetAside
        /// The note's message, and the command that lists parked messages.
        package var description: String { "\(note.problem.message.en) See `quan parked list`." }
    }

    /// After this long without an answer the command is sent again, with the same id.
    private static let resendInterval = Duration.seconds(5)

    private let source: String
    private let producer: KafkaProducer
    private let waiters = ReplyWaiters()
    private let tail: Task<Void, any Error>
    private let consumer: KafkaConsumer
    private let ids = UUIDv7Source()

    /// Opens the link as `source`. When it returns, every later answer will be read. Throws `KafkaError` without a broker.
    package init(source: String, kafka: KafkaConfiguration, logger: Logger) async throws {
        self.source = source
        producer = try KafkaProducer(kafka, options: KafkaProducerOptions(messageTimeout: .seconds(10)), logger: logger)
        consumer = try KafkaConsumer(
            kafka, options: KafkaConsumerOptions(mode: .tail, topics: [Topic.replies], fetchWait: .milliseconds(10)), logger: logger)
        do {
            try await consumer.start()
        } catch {
            await consumer.close(deadline: .seconds(2))
            await producer.close(deadline: .seconds(2))
            throw error
        }
        tail = Task { [consumer, waiters] in
            while let batch = try await consumer.next(worker: 0, upTo: 1000) {
                waiters.wake(batch.records)
                await consumer.complete(batch)
            }
        }
    }

    /// Sends a command and waits for the answer.
    ///
    /// - Parameters:
    ///   - command: the command.
    ///   - service: the receiver; by default the service of the command's type. Required for a command of the platform.
    ///   - key: the record's key; commands of one key are handled in order.
    ///   - id: the command's id; a new one by default.
    ///   - time: the current time for the command's decision.
    ///   - limit: how long to wait. Throws `NoAnswer` after it, and `CommandIsParked` if the command is parked.
    package func ask<C: Command>(
        _ command: C, of service: String? = nil, key: String, id: UUID? = nil, at time: Date = Date(), within limit: Duration
    ) async throws -> Outcome {
        let id = id ?? ids.next(at: Date())
        let topic = Topic.commands(of: service ?? C.type.service)
        let envelope = Envelope(id: id, source: source, type: C.type, time: time, key: key, trace: .begin())
        let body = try MessageBody.encode(command)
        try OutboxDraft.check(key: key, body: body)
        let end = ContinuousClock.now + limit
        repeat {
            let registration = waiters.register(for: id)
            defer { waiters.leave(id, registration) }
            try await send(envelope, body, to: topic, within: end - .now)
            switch await waiters.wait(id, registration, atMost: min(Self.resendInterval, end - .now)) {
            case .decided(let outcome): return outcome
            case .parked(let note): throw CommandIsParked(note: note)
            case nil: continue
            }
        } while ContinuousClock.now < end
        throw NoAnswer(type: C.type, limit: limit)
    }

    private func send(_ envelope: Envelope, _ body: [UInt8], to topic: String, within limit: Duration) async throws {
        let partitions = try await producer.partitionCount(of: topic, deadline: max(limit, .seconds(1)))
        let record = KafkaProducerRecord(
            topic: topic, partition: Shard.partition(of: Shard.of(envelope.key), partitions: partitions), key: Array(envelope.key.utf8),
            value: body, headers: EnvelopeHeaders.headers(of: envelope))
        for result in await producer.send([record]) { _ = try result.get() }
    }

    /// Closes the link.
    package func close() async {
        await consumer.close(deadline: .seconds(3))
        _ = await tail.result
        await producer.close(deadline: .seconds(3))
    }
}
