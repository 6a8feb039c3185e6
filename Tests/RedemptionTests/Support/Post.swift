import Foundation
import Kafka
import Messages
import Messaging
import Synchronization
import TestKit

/// Everybody else: tells events numbered as their producers would, sends commands, and hears what is said.
final class Post: Sendable {
    private let producer: KafkaProducer
    private let consumer: KafkaConsumer
    private let numbers = Mutex<[String: Int64]>([:])
    private let heard = Mutex<[KafkaRecord]>([])
    private let reading = Mutex<Task<Void, any Error>?>(nil)
    private static let partitions = 4

    private init(_ stage: MessagingStage, hearing topics: [String]) throws {
        producer = try KafkaProducer(stage.kafka, logger: stage.logger)
        consumer = try KafkaConsumer(stage.kafka, options: KafkaConsumerOptions(mode: .tail, topics: topics), logger: stage.logger)
    }

    static func with<R: Sendable>(
        _ stage: MessagingStage, hearing topics: [String], _ use: (Post) async throws -> R
    ) async throws -> R {
        let post = try Post(stage, hearing: topics)
        try await post.consumer.start()
        post.listen()
        let result: Result<R, any Error>
        do { result = .success(try await use(post)) } catch { result = .failure(error) }
        await post.consumer.close(deadline: .seconds(3))
        _ = await post.reading.withLock { $0 }?.result
        await post.producer.close(deadline: .seconds(3))
        return try result.get()
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

    /// Whether there is a portal that answers redemption when that asks for what it has sent.
    let hasPortal = Mutex(true)

    /// A portal that has sent nothing under a number says so when it is asked to send again.
    private func answerAsPortal(_ record: KafkaRecord) async throws {
        guard record.topic == Topic.commands(of: "portal"), hasPortal.withLock({ $0 }),
            let request = try? MessageBody.decode(Republish.self, from: record.value)
        else { return }
        let asked = String(decoding: record.header("ce_cause") ?? record.header("ce_id") ?? [], as: UTF8.self)
        for place in request.places {
            let number = next("\(request.topic) portal's shard \(place.shard)")
            let report = SequenceReport(topic: request.topic, shard: place.shard, first: 1, last: number - 1)
            try await send(
                request.topic, "sequence-report/\(place.shard)", try MessageBody.encode(report), SequenceReport.type, UUID(), "portal",
                Date(),
                [
                    KafkaHeader("ce_cause", asked), KafkaHeader("ce_shard", "\(place.shard)"), KafkaHeader("ce_sequence", "\(number)"),
                ], shard: place.shard)
        }
    }

    private func next(_ counter: String) -> Int64 {
        numbers.withLock { numbers in
            numbers[counter, default: 0] += 1
            return numbers[counter] ?? 1
        }
    }

    func tell<E: Event>(_ event: E, by source: String, key: String, at now: Date) async throws {
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
        let record = KafkaOutgoing(
            topic: topic, partition: Shard.partition(of: shard ?? Shard.of(key), partitions: Self.partitions), key: Array(key.utf8),
            value: body,
            headers: headers + more)
        for result in await producer.send([record]) { _ = try result.get() }
    }

    /// The messages of a type heard so far, each once however often it was published.
    func all<M: Message>(_ type: M.Type, on topic: String) -> [M] {
        var seen: Set<[UInt8]> = []
        return heard.withLock { $0 }.filter { record in
            record.topic == topic && record.header("ce_type") == Array(M.type.description.utf8)
                && seen.insert(record.header("ce_id") ?? []).inserted
        }.compactMap { try? MessageBody.decode(M.self, from: $0.value) }
    }

    /// The answer to a command, once it is heard.
    func answer(to id: UUID) async throws -> Outcome {
        var found: Outcome?
        try await eventually("\(id) is answered") {
            found = self.all(Outcome.self, on: "replies").first { $0.commandID == id }
            return found != nil
        }
        guard let found else { throw NotHeard() }
        return found
    }
}

struct NotHeard: Error {}

extension KafkaRecord {
    fileprivate func header(_ name: String) -> [UInt8]? { headers.first { $0.name == name }?.value }
}
