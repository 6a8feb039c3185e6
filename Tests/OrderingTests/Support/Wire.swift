import Foundation
import Kafka
import Messages
import Messaging
import Synchronization
import TestKit

/// Says what other services say, each event numbered as its producer would, and hears what is said on some topics.
final class Wire: Sendable {
    private struct Place: Hashable {
        let topic: String
        let part: String
    }

    private let producer: KafkaProducer
    private let consumer: KafkaConsumer
    private let partitions: Int
    private let numbers = Mutex<[Place: Int64]>([:])
    private let heard = Mutex<[KafkaRecord]>([])
    private let reading = Mutex<Task<Void, any Error>?>(nil)

    private init(_ stage: MessagingStage, hearing topics: [String], partitions: Int) throws {
        self.partitions = partitions
        producer = try KafkaProducer(stage.kafka, logger: stage.logger)
        consumer = try KafkaConsumer(stage.kafka, options: KafkaConsumerOptions(mode: .tail, topics: topics), logger: stage.logger)
    }

    static func with<R: Sendable>(
        _ stage: MessagingStage, hearing topics: [String], partitions: Int, _ use: (Wire) async throws -> R
    ) async throws -> R {
        let wire = try Wire(stage, hearing: topics, partitions: partitions)
        do {
            try await wire.consumer.start()
            wire.listen()
            let result = try await use(wire)
            await wire.close()
            return result
        } catch {
            await wire.close()
            throw error
        }
    }

    private func listen() {
        let task = Task { [consumer] in
            while let batch = try await consumer.next(lane: 0, upTo: 1000) {
                self.heard.withLock { $0 += batch.records }
                for record in batch.records { try await self.answerAsPortal(record) }
                await consumer.done(batch)
            }
        }
        reading.withLock { $0 = task }
    }

    private func close() async {
        await consumer.close(deadline: .seconds(3))
        _ = await reading.withLock { $0 }?.result
        await producer.close(deadline: .seconds(3))
    }

    /// Whether there is a portal that answers ordering when that asks for what it has sent.
    let hasPortal = Mutex(true)

    /// A portal that has sent nothing under a number says so when it is asked to send again.
    private func answerAsPortal(_ record: KafkaRecord) async throws {
        guard record.topic == Topic.commands(of: "portal"), hasPortal.withLock({ $0 }),
            let request = try? MessageBody.decode(Republish.self, from: record.value)
        else { return }
        func header(_ name: String) -> [UInt8]? { record.headers.first { $0.name == name }?.value ?? nil }
        let asked = String(decoding: header("ce_cause") ?? header("ce_id") ?? [], as: UTF8.self)
        try await send(
            try request.places.map { place in
                let number = next(Place(topic: request.topic, part: "portal's shard \(place.shard)"))
                let report = SequenceReport(topic: request.topic, shard: place.shard, first: 1, last: number - 1)
                return KafkaOutgoing(
                    topic: request.topic, partition: Shard.partition(of: place.shard, partitions: partitions),
                    key: Array("sequence-report/\(place.shard)".utf8), value: try MessageBody.encode(report),
                    headers: Self.headers(SequenceReport.type, UUID(), "portal", Date()) + [
                        KafkaHeader("ce_cause", asked), KafkaHeader("ce_shard", "\(place.shard)"),
                        KafkaHeader("ce_sequence", "\(number)"),
                    ])
            })
    }

    private func next(_ place: Place) -> Int64 {
        numbers.withLock { numbers in
            numbers[place, default: 0] += 1
            return numbers[place] ?? 1
        }
    }

    /// Tells an event.
    func tell<E: Event>(_ event: E, by source: String, key: String, at now: Date) async throws {
        try await send([try told(event, by: source, key: key, at: now)])
    }

    /// The record of an event, numbered.
    func told<E: Event>(_ event: E, by source: String, key: String, at now: Date) throws -> KafkaOutgoing {
        let shard = Shard.of(key)
        let headers =
            Self.headers(E.type, UUID(), source, now) + [
                KafkaHeader("ce_keyversion", "\(next(Place(topic: E.topic, part: "key \(key)")))"), KafkaHeader("ce_shard", "\(shard)"),
                KafkaHeader("ce_sequence", "\(next(Place(topic: E.topic, part: "shard \(shard)")))"),
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

    /// Sends a command whose body is as it is.
    func command(
        body: [UInt8], _ type: MessageType, by source: String, key: String, id: UUID = UUID(), at now: Date, token: String? = nil
    ) async throws -> UUID {
        try await send([outgoing(body: body, type, by: source, key: key, id: id, at: now, token: token)])
        return id
    }

    func outgoing(
        body: [UInt8], _ type: MessageType, by source: String, key: String, id: UUID, at now: Date, token: String?
    ) -> KafkaOutgoing {
        let headers = Self.headers(type, id, source, now) + (token.map { [KafkaHeader("ce_token", $0)] } ?? [])
        return record(Topic.commands(of: type.service), key, body, headers)
    }

    /// Sends records together.
    func send(_ records: [KafkaOutgoing]) async throws {
        for result in await producer.send(records) { _ = try result.get() }
    }

    private func record(_ topic: String, _ key: String, _ body: [UInt8], _ headers: [KafkaHeader]) -> KafkaOutgoing {
        KafkaOutgoing(
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

    /// A key whose partition is the one of that number, so that a test can choose the lane.
    func key(inPartition partition: Int32, _ hint: String) -> String {
        var number = 0
        while Shard.partition(of: Shard.of("\(hint)-\(number)"), partitions: partitions) != partition { number += 1 }
        return "\(hint)-\(number)"
    }

    /// The messages of a type heard so far.
    func messages<M: Message>(_ type: M.Type, on topic: String) -> [M] {
        heard.withLock { $0 }.filter { record in
            record.topic == topic
                && record.headers.contains { $0.name == "ce_type" && $0.value == Array(M.type.description.utf8) }
        }.compactMap { try? MessageBody.decode(M.self, from: $0.value) }
    }

    /// Each message on a topic once, whatever was published again.
    func count(on topic: String) -> Int {
        Set(heard.withLock { $0 }.filter { $0.topic == topic }.map { $0.headers.first { $0.name == "ce_id" }?.value ?? [] }).count
    }

    /// The answers heard so far, by command. One that came twice was the same.
    var answers: [UUID: Outcome] {
        Dictionary(messages(Outcome.self, on: "replies").map { ($0.commandID, $0) }) { $1 }
    }

    /// The answer to a command, once it is heard.
    func answer(to id: UUID) async throws -> Outcome {
        try await eventually("\(id.text) is answered") { self.answers[id] != nil }
        guard let answer = answers[id] else { throw NotHeard() }
        return answer
    }
}

struct NotHeard: Error {}
