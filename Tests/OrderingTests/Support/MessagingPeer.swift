import Foundation
import Kafka
import Messages
import Messaging
import StrictJSON
import Synchronization
import TestKit

/// Publishes events and commands as the other services would, with sequence numbers, and records the messages of some topics.
final class MessagingPeer: Sendable {
    private struct SequenceKey: Hashable {
        let topic: String
        let part: String
    }

    private let producer: KafkaProducer
    private let consumer: KafkaConsumer
    private let partitions: Int
    private let numbers = Mutex<[SequenceKey: Int64]>([:])
    private let received = Mutex<[KafkaRecord]>([])
    private let reading = Mutex<Task<Void, any Error>?>(nil)

    private init(_ messaging: MessagingFixture, receiving topics: [String], partitions: Int) throws {
        self.partitions = partitions
        producer = try KafkaProducer(messaging.kafka, logger: messaging.logger)
        consumer = try KafkaConsumer(messaging.kafka, options: KafkaConsumerOptions(mode: .tail, topics: topics), logger: messaging.logger)
    }

    static func with<R: Sendable>(
        _ messaging: MessagingFixture, receiving topics: [String], partitions: Int, _ use: (MessagingPeer) async throws -> R
    ) async throws -> R {
        let peer = try MessagingPeer(messaging, receiving: topics, partitions: partitions)
        do {
            try await peer.consumer.start()
            peer.listen()
            let result = try await use(peer)
            await peer.close()
            return result
        } catch {
            await peer.close()
            throw error
        }
    }

    private func listen() {
        let task = Task { [consumer] in
            while let batch = try await consumer.next(worker: 0, upTo: 1000) {
                self.received.withLock { $0 += batch.records }
                for record in batch.records { try await self.answerAsPortal(record) }
                await consumer.complete(batch)
            }
        }
        reading.withLock { $0 = task }
    }

    private func close() async {
        await consumer.close(deadline: .seconds(3))
        _ = await reading.withLock { $0 }?.result
        await producer.close(deadline: .seconds(3))
    }

    /// Whether it answers republish requests as the portal.
    let hasPortal = Mutex(true)

    /// Answers a republish request as a portal that has nothing to republish.
    private func answerAsPortal(_ record: KafkaRecord) async throws {
        guard record.topic == Topic.commands(of: "portal"), hasPortal.withLock({ $0 }),
            let request = try? MessageBody.decode(Republish.self, from: record.value)
        else { return }
        func header(_ name: String) -> [UInt8]? { record.headers.first { $0.name == name }?.value ?? nil }
        let requestID = String(decoding: header("ce_cause") ?? header("ce_id") ?? [], as: UTF8.self)
        try await send(
            try request.places.map { place in
                let number = next(SequenceKey(topic: request.topic, part: "portal's shard \(place.shard)"))
                let report = SequenceReport(topic: request.topic, shard: place.shard, first: 1, last: number - 1)
                return KafkaProducerRecord(
                    topic: request.topic, partition: Shard.partition(of: place.shard, partitions: partitions),
                    key: Array("sequence-report/\(place.shard)".utf8), value: try MessageBody.encode(report),
                    headers: Self.headers(SequenceReport.type, UUID(), "portal", Date()) + [
                        KafkaHeader("ce_cause", requestID), KafkaHeader("ce_shard", "\(place.shard)"),
                        KafkaHeader("ce_sequence", "\(number)"),
                    ])
            })
    }

    private func next(_ place: SequenceKey) -> Int64 {
        numbers.withLock { numbers in
            numbers[place, default: 0] += 1
            return numbers[place] ?? 1
        }
    }

    /// Publishes an event.
    func publish<E: Event>(_ event: E, by source: String, key: String, at now: Date) async throws {
        try await send([try eventRecord(event, by: source, key: key, at: now)])
    }

    /// The record of an event with its sequence numbers.
    func eventRecord<E: Event>(_ event: E, by source: String, key: String, at now: Date) throws -> KafkaProducerRecord {
        let shard = Shard.of(key)
        let headers =
            Self.headers(E.type, UUID(), source, now) + [
                KafkaHeader("ce_keyversion", "\(next(SequenceKey(topic: E.topic, part: "key \(key)")))"),
                KafkaHeader("ce_shard", "\(shard)"),
                KafkaHeader("ce_sequence", "\(next(SequenceKey(topic: E.topic, part: "shard \(shard)")))"),
            ]
        return record(E.topic, key, try MessageBody.encode(event), headers)
    }

    /// Sends a command and returns its id.
    @discardableResult
    func command<C: Command>(
        _ command: C, by source: String, key: String, id: UUID = UUID(), at now: Date, token: String? = nil
    ) async throws -> UUID {
        try await self.command(body: try MessageBody.encode(command), C.type, by: source, key: key, id: id, at: now, token: token)
    }

    /// Sends a command with a given body.
    func command(
        body: [UInt8], _ type: MessageType, by source: String, key: String, id: UUID = UUID(), at now: Date, token: String? = nil
    ) async throws -> UUID {
        try await send([outgoing(body: body, type, by: source, key: key, id: id, at: now, token: token)])
        return id
    }

    func outgoing(
        body: [UInt8], _ type: MessageType, by source: String, key: String, id: UUID, at now: Date, token: String?
    ) -> KafkaProducerRecord {
        let headers = Self.headers(type, id, source, now) + (token.map { [KafkaHeader("ce_token", $0)] } ?? [])
        return record(Topic.commands(of: type.service), key, body, headers)
    }

    /// Sends records in one batch.
    func send(_ records: [KafkaProducerRecord]) async throws {
        for result in await producer.send(records) { _ = try result.get() }
    }

    private func record(_ topic: String, _ key: String, _ body: [UInt8], _ headers: [KafkaHeader]) -> KafkaProducerRecord {
        KafkaProducerRecord(
            topic: topic, partition: Shard.partition(of: Shard.of(key), partitions: partitions), key: Array(key.utf8), value: body,
            headers: headers)
    }

    private static func headers(_ type: MessageType, _ id: UUID, _ source: String, _ now: Date) -> [KafkaHeader] {
        [
            KafkaHeader("ce_specversion", "1.0"), KafkaHeader("ce_id", id.text), KafkaHeader("ce_source", source),
            KafkaHeader("ce_type", type.description), KafkaHeader("ce_time", WireTime.text(now)),
            KafkaHeader("content-type", "application/json"),
        ]
    }

    /// A key in a given partition, so that a test can choose the worker.
    func key(inPartition partition: Int32, _ hint: String) -> String {
        var number = 0
        while Shard.partition(of: Shard.of("\(hint)-\(number)"), partitions: partitions) != partition { number += 1 }
        return "\(hint)-\(number)"
    }

    /// The messages of a type received so far.
    func messages<M: Message>(_ type: M.Type, on topic: String) -> [M] {
        received.withLock { $0 }.filter { record in
            record.topic == topic
                && record.headers.contains { $0.name == "ce_type" && $0.value == Array(M.type.description.utf8) }
        }.compactMap { try? MessageBody.decode(M.self, from: $0.value) }
    }

    /// The number of messages on a topic, without repetitions.
    func count(on topic: String) -> Int {
        Set(received.withLock { $0 }.filter { $0.topic == topic }.map { $0.headers.first { $0.name == "ce_id" }?.value ?? [] }).count
    }

    /// The answers received so far, by command. Repetitions are equal.
    var answers: [UUID: Outcome] {
        Dictionary(messages(Outcome.self, on: "replies").map { ($0.commandID, $0) }) { $1 }
    }

    /// Waits for the answer to a command.
    func answer(to id: UUID) async throws -> Outcome {
        try await eventually("\(id.text) is answered") { self.answers[id] != nil }
        guard let answer = answers[id] else { throw NotReceived() }
        return answer
    }
}

struct NotReceived: Error {}
