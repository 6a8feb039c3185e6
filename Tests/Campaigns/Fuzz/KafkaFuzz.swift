import Foundation
import Kafka
import Logging
import Messages
import Messaging
import Synchronization
import TestKit

/// Writes bad messages to the services' topics, as nobody but a service may in a cluster.
///
/// All of it comes from a source of its own and under keys of its own: the numbers of an honest producer's stream are that producer's, and a
/// forged one in between would make its readers take a later honest message for one that they have. So events are numbered as a producer
/// numbers them; what is bad is everything else.
final class KafkaFuzz {
    private static let source = "fuzz"
    private static let batch = 20
    private static let pause = Duration.milliseconds(250)
    /// Of events that cannot be read one is set aside by every service that follows the topic.
    private static let oneUnreadableEventIn = 6

    private let seeds: MessageSeeds
    private let players: FuzzPlayers
    private let mutation: Mutation
    private let findings: FuzzFindings
    private let now: Date
    private let goodKeys: GoodKeys
    private let producer: KafkaProducer
    private var random: SplitMix64
    private var partitions: [String: Int] = [:]
    private var sequences: [String: Int64] = [:]
    private var count = 0

    init(
        rehearsal: Rehearsal, seeds: MessageSeeds, players: FuzzPlayers, mutation: Mutation, findings: FuzzFindings, goodKeys: GoodKeys,
        now: Date, random: SplitMix64
    ) throws {
        (self.seeds, self.players, self.mutation, self.findings) = (seeds, players, mutation, findings)
        (self.goodKeys, self.now, self.random) = (goodKeys, now, random)
        let kafka = KafkaConfiguration(bootstrapServers: rehearsal.record.kafkaBootstrapServers, clientID: "quan-campaign")
        producer = try KafkaProducer(
            kafka, options: KafkaProducerOptions(messageTimeout: .seconds(20)),
            logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() })
    }

    func run(until end: ContinuousClock.Instant) async throws {
        while ContinuousClock.now < end {
            var records: [KafkaOutgoing] = []
            for _ in 0..<Self.batch {
                if let record = try await record() { records.append(record) }
            }
            let results = await producer.send(records)
            findings.noteMessages(results.count { if case .success = $0 { true } else { false } })
            try await Task.sleep(for: Self.pause)
        }
        await producer.close(deadline: .seconds(5))
    }

    /// The next message; nil where it is better not sent.
    private func record() async throws -> KafkaOutgoing? {
        count += 1
        let seed = seeds.all[random.oneIn(3) ? random.below(seeds.all.count) : count % seeds.all.count]
        let topic = MessageSeeds.topic(for: seed.type, &random)
        var body: [UInt8]? = mutation.body(of: seed.body, &random).bytes
        if random.oneIn(40) { body = random.oneIn(2) ? nil : [] }
        let bodyIsGood = body.map { Array(seed.body.written.utf8) == $0 } ?? false
        guard !isKeptBack(seed.type, body) else { return nil }
        let key = "fuzz-\(count)"
        let isEvent = topic.hasSuffix(".events")
        var headers = try headers(seed.type, isEvent: isEvent)
        let harm = harm(&headers, isEvent: isEvent)
        if isEvent, !bodyIsGood || harm != .none, !random.oneIn(Self.oneUnreadableEventIn) { return nil }
        let isNumbered = isEvent && harm != .place ? number(&headers, topic: topic, key: key) : !isEvent
        // Of what is no answer to anybody, `replies` takes nothing.
        if bodyIsGood, isNumbered, harm == .none, body != nil, topic != Topic.replies { goodKeys.add(key) }
        let partition = Shard.partition(of: Shard.of(key), partitions: try await partitions(of: topic))
        return KafkaOutgoing(
            topic: topic, partition: partition, key: harm == .none ? Array(key.utf8) : rawKey(key), value: body, headers: headers)
    }

    /// What is not sent, since whoever may write it may do what it does. A rehearsal's clock can be moved to the end of time,
    /// or be told to stand there. A programme that cannot be read, or is another one under a known name, is set aside by every service, whose
    /// readiness says so.
    private func isKeptBack(_ type: MessageType, _ body: [UInt8]?) -> Bool {
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
            KafkaHeader("ce_id", FuzzPlayers.id(&random)), KafkaHeader("ce_source", Self.source), KafkaHeader("ce_type", "\(type)"),
            KafkaHeader("ce_time", WireTime.text(now)),
        ]
        if !isEvent, !random.oneIn(3) {
            let token = try players.token(of: random.pick(players.mischievous))
            headers.append(KafkaHeader("ce_token", random.oneIn(5) ? String(token.dropLast(3)) + "abc" : token))
        }
        return headers
    }

    private enum Harm { case none, header, place }

    /// Does something bad to the headers, or nothing.
    private func harm(_ headers: inout [KafkaHeader], isEvent: Bool) -> Harm {
        guard random.oneIn(3) else { return .none }
        let chosen = random.below(headers.count)
        let name = headers[chosen].name
        // Where an event stands is read of its source: without it nothing can be counted.
        let harm: Harm = isEvent && name == "ce_source" ? .place : .header
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
        return harm
    }

    /// Numbers an event as a producer does: each key is new, and each shard has a row without holes.
    /// Tells whether the version of its key is good too.
    private func number(_ headers: inout [KafkaHeader], topic: String, key: String) -> Bool {
        let shard = Shard.of(key)
        let row = "\(topic)/\(shard)"
        let sequence = (sequences[row] ?? 0) + 1
        sequences[row] = sequence
        let version = random.oneIn(40) ? random.pick(["0", "-1", "1.5", "9223372036854775808"]) : "1"
        headers.append(KafkaHeader("ce_keyversion", version))
        headers.append(KafkaHeader("ce_shard", "\(shard)"))
        headers.append(KafkaHeader("ce_sequence", "\(sequence)"))
        return version == "1"
    }
}

/// The keys of messages that are good in all: whoever sets one of these aside is wrong.
final class GoodKeys: Sendable {
    private let keys = Mutex<Set<String>>([])

    func add(_ key: String) { _ = keys.withLock { $0.insert(key) } }

    func contains(_ key: String) -> Bool { keys.withLock { $0.contains(key) } }
}
