public import Foundation
public import Kafka
import Kernel
public import Logging
public import Messages

/// How an operator's tool talks to services: it writes commands straight to Kafka, without a database or an outbox, and waits for the
/// answers on `replies`.
///
/// It promises nothing: whoever asked sees the answer or is told that none came, and may ask again. Repeating is harmless, since a
/// command is known by its id.
public final class OperatorLink: Sendable {
    /// A command that nobody answered in time. It may have been done all the same.
    public struct NoAnswer: Error, Sendable, Hashable, CustomStringConvertible {
        /// The command.
        public let type: MessageType
        /// How long was waited.
        public let limit: Duration
        /// What was not answered, and what to look at.
        public var description: String {
            "\(type.service) did not answer \(type) within \(limit); is it running, and does it read its commands? see `quan status`"
        }
    }

    /// A command that is kept until an operator has looked at what stands before it. It is answered then.
    public struct IsSetAside: Error, Sendable, Hashable, CustomStringConvertible {
        /// What the service says of it.
        public let note: CommandSetAside
        /// What it says, and what to look at.
        public var description: String { "\(note.problem.message.en) See `quan parked list`." }
    }

    /// After this long without an answer the command is sent again, under the same id.
    private static let patience = Duration.seconds(5)

    private let source: String
    private let producer: KafkaProducer
    private let waiters = ReplyWaiters()
    private let tail: Task<Void, any Error>
    private let consumer: KafkaConsumer
    private let ids = UUIDv7Source()

    /// Opens the link as `source`, and returns when every answer from now on will be read. Throws `KafkaError` without a broker.
    public init(source: String, kafka: KafkaConfiguration, logger: Logger) async throws {
        self.source = source
        producer = try KafkaProducer(kafka, options: KafkaProducerOptions(messageTimeout: .seconds(10)), logger: logger)
        var settings = KafkaConsumerOptions(mode: .tail, topics: [Topic.replies])
        settings.fetchWait = .milliseconds(10)
        let consumer = try KafkaConsumer(kafka, options: settings, logger: logger)
        self.consumer = consumer
        do {
            try await consumer.start()
        } catch {
            await consumer.close(deadline: .seconds(2))
            await producer.close(deadline: .seconds(2))
            throw error
        }
        tail = Task { [waiters] in
            while let batch = try await consumer.next(lane: 0, upTo: 1000) {
                for record in batch.records {
                    if let reply = Reply(record) { waiters.wake(reply) }
                }
                await consumer.done(batch)
            }
        }
    }

    /// Sends a command to the service of its type, or for a command of the platform to `service`, and waits for the answer.
    ///
    /// - Parameters:
    ///   - command: what is asked.
    ///   - service: whom; the service of the command's type where nothing is said.
    ///   - key: under which key; what is under one key is done in order.
    ///   - id: the command's id; a new one where nothing is said.
    ///   - time: what the service is to count as now.
    ///   - limit: how long to wait. Throws `NoAnswer` after it, and `IsSetAside` where the command waits for an operator.
    public func ask<C: Command>(
        _ command: C, of service: String? = nil, key: String, id: UUID? = nil, at time: Date = Date(), within limit: Duration
    ) async throws -> Outcome {
        let id = id ?? ids.next(at: Date())
        let topic = Topic.commands(of: service ?? C.type.service)
        let envelope = Envelope(id: id, source: source, type: C.type, time: time, key: key, trace: .begin())
        let body = try MessageBody.encode(command)
        try OutboxDraft.check(key: key, body: body)
        let end = ContinuousClock.now + limit
        repeat {
            let turn = waiters.turn(for: id)
            do {
                try await send(envelope, body, to: topic, within: end - .now)
            } catch {
                waiters.leave(id, turn)
                throw error
            }
            switch await waiters.wait(id, turn, atMost: min(Self.patience, end - .now)) {
            case .decided(let outcome): return outcome
            case .setAside(let note): throw IsSetAside(note: note)
            case nil: continue
            }
        } while ContinuousClock.now < end
        throw NoAnswer(type: C.type, limit: limit)
    }

    private func send(_ envelope: Envelope, _ body: [UInt8], to topic: String, within limit: Duration) async throws {
        let partitions = try await producer.partitionCount(of: topic, deadline: max(limit, .seconds(1)))
        let record = KafkaOutgoing(
            topic: topic, partition: Shard.partition(of: Shard.of(envelope.key), partitions: partitions), key: Array(envelope.key.utf8),
            value: body, headers: EnvelopeHeaders.headers(of: envelope))
        for result in await producer.send([record]) { _ = try result.get() }
    }

    /// Ends the link.
    public func close() async {
        await consumer.close(deadline: .seconds(3))
        _ = await tail.result
        await producer.close(deadline: .seconds(3))
    }
}
