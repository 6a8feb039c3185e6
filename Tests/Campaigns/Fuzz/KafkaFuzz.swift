import Foundation
import Kafka
import Kernel
import Logging
import Messages
import Messaging
import StrictJSON
import Synchronization
import TestKit

/// Writes invalid messages to the services' topics; in a cluster only services have the right to do that.
///
/// The messages have their own source and keys: a forged sequence number of a real source would make its readers ignore a later real
/// message. Events therefore have correct sequence numbers; everything else is invalid.
final class KafkaFuzz {
    private static let source = "fuzz"
    private static let batch = 20
    private static let pause = Duration.milliseconds(250)
    /// Only one in so many unreadable events is sent, because every service that reads the topic parks it.
    private static let oneUnreadableEventIn = 6

    private let seeds: MessageSeeds
    private let participants: FuzzParticipants
    private let mutation: Mutation
    private let findings: FuzzFindings
    private let now: Date
    private let validKeys: ValidKeys
    private let producer: KafkaProducer
    private var random: SplitMix64
    private var partitions: [String: Int] = [:]
    private var sequences: [String: Int64] = [:]
    private var count = 0

    init(
        rehearsal: Rehearsal, seeds: MessageSeeds, participants: FuzzParticipants, mutation: Mutation, findings: FuzzFindings,
        validKeys: ValidKeys,
        now: Date, random: SplitMix64
    ) throws {
        (self.seeds, self.participants, self.mutation, self.findings) = (seeds, participants, mutation, findings)
        (self.validKeys, self.now, self.random) = (validKeys, now, random)
        let kafka = KafkaConfiguration(bootstrapServers: rehearsal.record.kafkaBootstrapServers, clientID: "quan-campaign")
        producer = try KafkaProducer(
            kafka, options: KafkaProducerOptions(messageTimeout: .seconds(20)),
            logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() })
    }

    func run(until end: ContinuousClock.Instant) async throws {
        while ContinuousClock.now < end {
            var records: [KafkaProducerRecord] = []
            for _ in 0..<Self.batch {
                if let record = try await record() { records.append(record) }
            }
            let results = await producer.send(records)
            findings.countMessages(results.count { if case .success = $0 { true } else { false } })
            try await Task.sleep(for: Self.pause)
        }
        await producer.close(deadline: .seconds(5))
    }

    /// The next message; nil if it must not be sent.
    private func record() async throws -> KafkaProducerRecord? {
        count += 1
        let seed = seeds.all[random.oneIn(3) ? random.below(seeds.all.count) : count % seeds.all.count]
        let topic = MessageSeeds.topic(for: seed.type, &random)
        var body: [UInt8]? = mutation.body(of: seed.body, &random).bytes
        if random.oneIn(40) { body = random.oneIn(2) ? nil : [] }
        let bodyIsGood = body.map { Array(seed.body.written.utf8) == $0 } ?? false
        guard !isExcluded(seed.type, body) else { return nil }
        let key = "fuzz-\(count)"
        let isEvent = topic.hasSuffix(".events")
        var headers = try headers(seed.type, isEvent: isEvent)
        let defect = corrupt(&headers, isEvent: isEvent)
        if isEvent, !bodyIsGood || defect != .none, !random.oneIn(Self.oneUnreadableEventIn) { return nil }
        let isNumbered = isEvent && defect != .source ? number(&headers, topic: topic, key: key) : !isEvent
        // Messages on `replies` that answer no pending request are ignored.
        if bodyIsGood, isNumbered, defect == .none, body != nil, topic != Topic.replies { validKeys.add(key) }
        let partition = Shard.partition(of: Shard.of(key), partitions: try await partitions(of: topic))
        return KafkaProducerRecord(
            topic: topic, partition: partition, key: defect == .none ? Array(key.utf8) : rawKey(key), value: body, headers: headers)
    }

    /// Whether a message must not be sent, because its effect is allowed for a writer of the topic. It could advance the rehearsal's clock
    /// to the end of time. An unreadable or changed programme would be parked by every service, which would then not be ready.
    private func isExcluded(_ type: MessageType, _ body: [UInt8]?) -> Bool {
        switch type {
        case AdvanceClock.type: (try? MessageBody.decode(AdvanceClock.self, from: body)).map { $0.to > now } ?? false
        case ClockMoved.type: (try? MessageBody.decode(ClockMoved.self, from: body)) != nil
        case ProgrammePublished.type: (try? MessageBody.decode(ProgrammePublished.self, from: body)) != nil
        default: false
        }
    }

    private func partitions(of topic: String) async throws -> Int {
        if let known = partitions[topic] { return known }
        let count = try await producer.partitionCount(of: topic, deadline: .seconds(20))
        partitions[topic] = count
        return count
    }

    private func rawKey(_ key: String) -> [UInt8]? {
        switch random.below(30) {
        case 0: nil
        case 1: []
        case 2: Array(key.utf8) + [0xFF, 0xFE]
        case 3: Array(key.utf8) + Array(repeating: UInt8(ascii: "k"), count: 2000)
        case 4: Array(key.utf8) + [0]
        default: Array(key.utf8)
        }
    }

    // MARK: headers

    private func headers(_ type: MessageType, isEvent: Bool) throws -> [KafkaHeader] {
        var headers = [
            KafkaHeader("ce_specversion", "1.0"), KafkaHeader("content-type", "application/json"),
            KafkaHeader("ce_id", FuzzParticipants.id(&random)), KafkaHeader("ce_source", Self.source), KafkaHeader("ce_type", "\(type)"),
            KafkaHeader("ce_time", WireTime.text(now)),
        ]
        if !isEvent, !random.oneIn(3) {
            let token = try participants.token(of: random.pick(participants.attackers))
            headers.append(KafkaHeader("ce_token", random.oneIn(5) ? String(token.dropLast(3)) + "abc" : token))
        }
        return headers
    }

    private enum HeaderDefect { case none, header, source }

    /// Corrupts a header, or none.
    private func corrupt(_ headers: inout [KafkaHeader], isEvent: Bool) -> HeaderDefect {
        guard random.oneIn(3) else { return .none }
        let chosen = random.below(headers.count)
        let name = headers[chosen].name
        // Sequence numbers are counted by source: without a valid source an event has none.
        let defect: HeaderDefect = isEvent && name == "ce_source" ? .source : .header
        switch random.below(6) {
        case 0: headers.remove(at: chosen)
        case 1: headers.append(headers[chosen])
        case 2: headers[chosen] = KafkaHeader(name: name, value: nil)
        case 3: headers[chosen] = KafkaHeader(name: name, value: [0xFF, 0x00, 0xC3])
        case 4:
            let value =
                name == "ce_type" ? random.pick(["ordering.place-order.v2", "x.y.v1", "ordering.place-order", "ordering.no.v1"]) : nil
            headers[chosen] = KafkaHeader(name, name == "ce_source" ? " \(Self.source)" : value ?? mutation.text(&random))
        default: headers.append(KafkaHeader("x-more", mutation.text(&random)))
        }
        return defect
    }

    /// Numbers an event as a producer does: each key is new, and the sequence of each shard has no gaps.
    /// Returns whether the version of its key is valid, too.
    private func number(_ headers: inout [KafkaHeader], topic: String, key: String) -> Bool {
        let shard = Shard.of(key)
        let stream = "\(topic)/\(shard)"
        let sequence = (sequences[stream] ?? 0) + 1
        sequences[stream] = sequence
        let version = random.oneIn(40) ? random.pick(["0", "-1", "1.5", "9223372036854775808"]) : "1"
        headers.append(KafkaHeader("ce_keyversion", version))
        headers.append(KafkaHeader("ce_shard", "\(shard)"))
        headers.append(KafkaHeader("ce_sequence", "\(sequence)"))
        return version == "1"
    }
}

/// The keys of valid messages, which no service may park.
final class ValidKeys: Sendable {
    private let keys = Mutex<Set<String>>([])

    func add(_ key: String) { _ = keys.withLock { $0.insert(key) } }

    func contains(_ key: String) -> Bool { keys.withLock { $0.contains(key) } }
}
