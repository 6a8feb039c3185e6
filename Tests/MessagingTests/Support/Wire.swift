import Foundation
import Kafka
import Logging
import Messages
import Synchronization
import TestKit
import Toys

@testable import Messaging

/// A client that sends handmade records and collects the records of some topics.
final class Wire: Sendable {
    private let producer: KafkaProducer
    private let consumer: KafkaConsumer
    private let received = Mutex<[KafkaRecord]>([])
    private let reading = Mutex<Task<Void, any Error>?>(nil)

    private let partitions: Int

    private init(_ stage: MessagingFixture, topics: [String], partitions: Int) throws {
        self.partitions = partitions
        producer = try KafkaProducer(
            stage.kafka, options: KafkaProducerOptions(messageTimeout: .seconds(30), maximumRecordBytes: 4 << 20), logger: stage.logger)
        consumer = try KafkaConsumer(stage.kafka, options: KafkaConsumerOptions(mode: .tail, topics: topics), logger: stage.logger)
    }

    /// Opens a client, uses it and closes it. It receives all records that are published on `topics` from now on.
    static func with<R: Sendable>(
        _ stage: MessagingFixture, reading topics: [String] = [Topic.replies], partitions: Int = 4, _ use: (Wire) async throws -> R
    ) async throws -> R {
        let wire = try Wire(stage, topics: topics, partitions: partitions)
        do {
            try await wire.consumer.start()
            let task = Task { [consumer = wire.consumer] in
                while let batch = try await consumer.next(worker: 0, upTo: 1000) {
                    wire.received.withLock { $0 += batch.records }
                    await consumer.complete(batch)
                }
            }
            wire.reading.withLock { $0 = task }
            let result = try await use(wire)
            await wire.close()
            return result
        } catch {
            await wire.close()
            throw error
        }
    }

    private func close() async {
        await consumer.close(deadline: .seconds(3))
        _ = await reading.withLock { $0 }?.result
        await producer.close(deadline: .seconds(3))
    }

    /// Sends records; throws unless the broker acknowledges all of them.
    func send(_ records: [KafkaProducerRecord]) async throws {
        for result in await producer.send(records) { _ = try result.get() }
    }

    /// Sends a record to the partition of its key.
    func send(
        to topic: String = "counter.commands", key: String = "k", value: [UInt8]?, headers: [KafkaHeader]
    ) async throws {
        try await send([Self.record(to: topic, key: Array(key.utf8), value: value, headers: headers, partitions: partitions)])
    }

    static func record(
        to topic: String = "counter.commands", key: [UInt8]?, value: [UInt8]?, headers: [KafkaHeader], partitions: Int = 4
    ) -> KafkaProducerRecord {
        let shard = key.flatMap { String(validating: $0, as: UTF8.self) }.map(Shard.of) ?? 0
        return KafkaProducerRecord(
            topic: topic, partition: Shard.partition(of: shard, partitions: partitions), key: key, value: value, headers: headers)
    }

    /// Sends a command as an operator's tool would, and returns its id.
    @discardableResult
    func command<C: Command>(_ command: C, key: String = "k", id: UUID = UUID()) async throws -> UUID {
        try await send(
            to: C.topic, key: key, value: try MessageBody.encode(command), headers: Records.commandHeaders(C.type.description, id: id))
        return id
    }

    /// Sends the counter a command, under the counter's name as key.
    @discardableResult
    func add(_ counter: String, _ amount: Int64 = 1) async throws -> UUID {
        try await command(AddAmount(counter: counter, amount: amount), key: counter)
    }

    /// The records received on a topic.
    func records(_ topic: String) -> [KafkaRecord] { received.withLock { $0.filter { $0.topic == topic } } }

    /// The versions of the counter's events of a key, in the order of their arrival.
    func versions(of key: String) throws -> [Int64] {
        try records("counter.events").map(EnvelopeHeaders.envelope).filter { $0.key == key }.compactMap(\.version)
    }

    /// The number of messages received on a topic; repetitions with the same id count once.
    func messageCount(_ topic: String) -> Int {
        Set(records(topic).map { record in record.headers.first { $0.name == "ce_id" }?.value ?? [] }).count
    }

    /// The answers to a command received so far.
    func answers(to id: UUID) -> [Outcome] {
        records(Topic.replies).compactMap { Reply($0)?.outcome }.filter { $0.commandID == id }
    }

    /// The notes received so far that a command is parked.
    func notes(about id: UUID) -> [CommandSetAside] {
        records(Topic.replies).compactMap { Reply($0)?.note }.filter { $0.commandID == id }
    }

    /// Waits for the answer to a command.
    func answer(to id: UUID) async throws -> Outcome {
        try await eventually("\(id) is answered") { !self.answers(to: id).isEmpty }
        guard let answer = answers(to: id).first else { throw NoAnswerReceived() }
        return answer
    }
}

struct NoAnswerReceived: Error {}
