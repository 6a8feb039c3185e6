import Foundation
import Kafka
import Messages
import Messaging
import StrictJSON
import Synchronization
import TestKit

/// Publishes events and commands as the other services would, with sequence numbers, and records the messages of some topics.
final class MessagingPeer: Sendable {
    private let producer: KafkaProducer
    private let consumer: KafkaConsumer
    private let numbers = Mutex<[String: Int64]>([:])
    private let received = Mutex<[KafkaRecord]>([])
    private let reading = Mutex<Task<Void, any Error>?>(nil)
    private static let partitions = 4

    private init(_ messaging: MessagingFixture, receiving topics: [String]) throws {
        producer = try KafkaProducer(messaging.kafka, logger: messaging.logger)
        consumer = try KafkaConsumer(messaging.kafka, options: KafkaConsumerOptions(mode: .tail, topics: topics), logger: messaging.logger)
    }

    static func with<R: Sendable>(
        _ messaging: MessagingFixture, receiving topics: [String], _ use: (MessagingPeer) async throws -> R
    ) async throws -> R {
        let peer = try MessagingPeer(messaging, receiving: topics)
        try await peer.consumer.start()
        peer.listen()
        let result: Result<R, any Error>
        do { result = .success(try await use(peer)) } catch { result = .failure(error) }
        await peer.consumer.close(deadline: .seconds(3))
        _ = await peer.reading.withLock { $0 }?.result
        await peer.producer.close(deadline: .seconds(3))
        return try result.get()
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

    /// Whether it answers republish requests as the portal.
    let hasPortal = Mutex(true)

    /// Answers a republish request as a portal that has nothing to republish.
    private func answerAsPortal(_ record: KafkaRecord) async throws {
        guard record.topic == Topic.commands(of: "portal"), hasPortal.withLock({ $0 }),
            let request = try? MessageBody.decode(Republish.self, from: record.value)
        else { return }
        let requestID = String(decoding: record.header("ce_cause") ?? record.header("ce_id") ?? [], as: UTF8.self)
        for place in request.places {
            let number = next("\(request.topic) portal's shard \(place.shard)")
            let report = SequenceReport(topic: request.topic, shard: place.shard, first: 1, last: number - 1)
            try await send(
                request.topic, "sequence-report/\(place.shard)", try MessageBody.encode(report), SequenceReport.type, UUID(), "portal",
                Date(),
                [
                    KafkaHeader("ce_cause", requestID), KafkaHeader("ce_shard", "\(place.shard)"), KafkaHeader("ce_sequence", "\(number)"),
                ], shard: place.shard)
        }
    }

    private func next(_ counter: String) -> Int64 {
        numbers.withLock { numbers in
            numbers[counter, default: 0] += 1
            return numbers[counter] ?? 1
        }
    }

    func publish<E: Event>(_ event: E, by source: String, key: String, at now: Date) async throws {
        let shard = Shard.of(key)
        let place = [
            KafkaHeader("ce_keyversion", "\(next("\(E.topic) key \(key)"))"), KafkaHeader("ce_shard", "\(shard)"),
            KafkaHeader("ce_sequence", "\(next("\(E.topic) shard \(shard)"))"),
        ]
        try await send(E.topic, key, try MessageBody.encode(event), E.type, UUID(), source, now, place)
    }

    @discardableResult
    func send<C: Command>(_ command: C, by source: String, key: String, at now: Date, token: String? = nil) async throws -> UUID {
        let id = UUID()
        let headers = token.map { [KafkaHeader("ce_token", $0)] } ?? []
        try await send(C.topic, key, try MessageBody.encode(command), C.type, id, source, now, headers)
        return id
    }

    private func send(
        _ topic: String, _ key: String, _ body: [UInt8], _ type: MessageType, _ id: UUID, _ source: String, _ now: Date,
        _ more: [KafkaHeader], shard: Int16? = nil
    ) async throws {
        let headers = [
            KafkaHeader("ce_specversion", "1.0"), KafkaHeader("ce_id", id.lowercased), KafkaHeader("ce_source", source),
            KafkaHeader("ce_type", type.description), KafkaHeader("ce_time", WireTime.text(now)),
            KafkaHeader("content-type", "application/json"),
        ]
        let record = KafkaProducerRecord(
            topic: topic, partition: Shard.partition(of: shard ?? Shard.of(key), partitions: Self.partitions), key: Array(key.utf8),
            value: body,
            headers: headers + more)
        for result in await producer.send([record]) { _ = try result.get() }
    }

    /// The messages of a type received so far, without repetitions.
    func all<M: Message>(_ type: M.Type, on topic: String) -> [M] {
        var seen: Set<[UInt8]> = []
        return received.withLock { $0 }.filter { record in
            record.topic == topic && record.header("ce_type") == Array(M.type.description.utf8)
                && seen.insert(record.header("ce_id") ?? []).inserted
        }.compactMap { try? MessageBody.decode(M.self, from: $0.value) }
    }

    /// Waits for the answer to a command.
    func answer(to id: UUID) async throws -> Outcome {
        var found: Outcome?
        try await eventually("\(id) is answered") {
            found = self.all(Outcome.self, on: "replies").first { $0.commandID == id }
            return found != nil
        }
        guard let found else { throw NotReceived() }
        return found
    }
}

struct NotReceived: Error {}

extension KafkaRecord {
    fileprivate func header(_ name: String) -> [UInt8]? { headers.first { $0.name == name }?.value }
}
