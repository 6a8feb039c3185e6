import Foundation
import Kafka
import Kernel
import Messages
import Synchronization
import TestKit
import Testing
import Toys

@testable import Messaging

private struct Broken: Error {}

/// An asker that receives handmade events of the counter.
private struct Reading {
    let stage: MessagingFixture
    let wire: Wire
    let asker: RunningService<SeenRows>
    private var numbers: [Int16: Int64] = [:]

    static func with(
        _ registry: HandlerRegistry<SeenRows> = HookedServices.registry(), options: MessagingOptions = .embeddedBroker,
        _ body: (inout Reading) async throws -> Void
    ) async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            let asker = try stage.start(registry, on: try await stage.database("asker", tables: AskerService.table), options: options)
            try await Wire.with(stage, reading: [Topic.replies, "asker.parked"]) { wire in
                var reading = Reading(stage: stage, wire: wire, asker: asker)
                try await body(&reading)
            }
        }
    }

    private init(stage: MessagingFixture, wire: Wire, asker: RunningService<SeenRows>) {
        (self.stage, self.wire, self.asker) = (stage, wire, asker)
    }

    /// Sends these versions of a key, with consecutive sequence numbers.
    mutating func send(
        _ key: String, _ versions: some Sequence<Int64>, body: [UInt8]? = nil, change: ([KafkaHeader]) -> [KafkaHeader] = { $0 }
    ) async throws {
        var records: [KafkaProducerRecord] = []
        for version in versions {
            numbers[Shard.of(key), default: 0] += 1
            records.append(try HookedServices.record(key, version, sequence: numbers[Shard.of(key)] ?? 1, body: body, change: change))
        }
        try await wire.send(records)
    }

    func sees(_ key: String, _ versions: [Int64]) async throws {
        try await eventually("\(versions) of \(key) are seen") { try await asker.seen(key).count >= versions.count }
        #expect(try await asker.seen(key) == versions)
    }

    func hasParked(_ count: Int) async throws {
        try await eventually("\(count) rows are parked") { try await asker.parked().count == count }
    }

    /// Redrives, and returns the report in the answer.
    func redrive(_ id: Int64) async throws -> Redrive<SeenRows>.Report {
        let outcome = try await wire.answer(to: try await wire.toAsker(RedriveParked(parkedID: id)))
        return try MessageBody.decode(Redrive<SeenRows>.Report.self, from: Array((outcome.result ?? "").utf8))
    }

    func discard(_ id: Int64, by name: String = "li.na", reason: String = "sent by mistake") async throws -> Outcome {
        try await wire.answer(to: try await wire.toAsker(DiscardParked(parkedID: id, operatorName: name, reason: reason)))
    }
}

extension Wire {
    /// Sends a request to the asker's messaging layer.
    @discardableResult
    fileprivate func toAsker<C: Command>(_ command: C, id: UUID = UUID()) async throws -> UUID {
        try await send(
            to: "asker.commands", key: "operator", value: try MessageBody.encode(command),
            headers: Records.commandHeaders(C.type.description, id: id))
        return id
    }
}

@Suite("Events that cannot be handled")
struct EventParkingTests {
    private static let unreadable = Array(#"{"counter":"k","total":2}"#.utf8)

    @Test("an unreadable event and its successors are parked in order; after the cause is fixed a redrive applies them in order")
    func redrive() async throws {
        try await Reading.with { reading in
            try await reading.send("k", 1...1)
            try await reading.send("k", 2...2, body: Self.unreadable)
            try await reading.send("k", 3...4)
            try await reading.send("other", 1...3)
            try await reading.sees("other", [1, 2, 3])
            try await reading.sees("k", [1])
            try await reading.hasParked(3)
            let rows = try await reading.asker.parked()
            #expect(rows.map(\.reason) == ["body-not-of-type", "behind-parked", "behind-parked"])
            #expect(rows.map(\.isHead) == [true, false, false])
            #expect(rows[0].explanation == "the body does not fit its type: the field amount is missing")

            // The cause is not fixed yet: the redrive stops at the head and reports it, and nothing is lost.
            let failed = try await reading.redrive(rows[0].id)
            #expect(failed.taken == 0 && failed.stoppedAt == rows[0].id && failed.explanation == rows[0].explanation)
            #expect(try await reading.asker.parked().map(\.attempts) == [2, 1, 1])

            try await reading.asker.stop()
            let fixed = try reading.stage.start(HookedServices.lenientRegistry, on: reading.asker.pool)
            // Another event arrives meanwhile.
            try await reading.send("k", 5...5)
            #expect(try await reading.redrive(rows[2].id).stoppedAt == nil, "any row of the key will do")
            try await eventually("all are seen") { try await fixed.seen("k") == [1, 2, 3, 4, 5] }
            try await eventually("nothing is parked") { try await fixed.number("select count(*) from parked_key") == 0 }
            #expect(try await fixed.parked().isEmpty)
        }
    }

    @Test("a discard removes the head and redrives the rest, and is audited")
    func discard() async throws {
        try await Reading.with { reading in
            try await reading.send("k", 1...1)
            try await reading.send("k", 2...2, body: Array("{".utf8))
            try await reading.send("k", 3...4)
            try await reading.hasParked(3)
            let rows = try await reading.asker.parked()
            #expect(try await reading.discard(rows[1].id).refusal?.clauses == ["QUAN-07"], "only the head can be discarded")
            #expect(try await reading.discard(rows[0].id).refusal == nil)
            try await reading.sees("k", [1, 3, 4])
            #expect(try await reading.asker.number("select version from inbox_stream where key = 'k'") == 4)
            #expect(try await reading.asker.number("select count(*) from parked_key") == 0)
            #expect(
                try await reading.asker.number(
                    "select count(*) from audit where outcome = 'discarded' and detail->>'operatorName' = 'li.na' and key = 'parked/\(rows[0].id)'"
                ) == 1)
            try await reading.send("k", 5...5)
            try await reading.sees("k", [1, 3, 4, 5])
        }
    }

    @Test("a discard applies events held for the discarded one, and missing predecessors are still applied first")
    func discardAroundHoles() async throws {
        try await Reading.with { reading in
            // Held for the discarded event; no later event would release it.
            try await reading.send("a", [1, 3])
            try await eventually("3 is held") { try await reading.asker.number("select count(*) from inbox_held") == 1 }
            try await reading.send("a", [2], body: Array("{".utf8))
            try await reading.hasParked(1)
            #expect(try await reading.discard(try await reading.asker.parked()[0].id).refusal == nil)
            try await reading.sees("a", [1, 3])
            #expect(try await reading.asker.number("select count(*) from inbox_held") == 0)

            // Discarded before its predecessor has arrived.
            try await reading.send("b", [1])
            try await reading.send("b", [3], body: Array("{".utf8))
            try await reading.hasParked(1)
            #expect(try await reading.discard(try await reading.asker.parked()[0].id).refusal == nil)
            try await reading.send("b", [4, 2])
            try await reading.sees("b", [1, 2, 4])
        }
    }

    @Test("an event with an unreadable envelope counts in its sequence as far as readable, is not requested again, and can be discarded")
    func unreadableEnvelope() async throws {
        try await Reading.with { reading in
            try await reading.send("k", 1...1)
            try await reading.send("k", 2...2) { $0.with("ce_time", "noon") }
            try await reading.send("k", 3...3)
            try await reading.hasParked(2)
            let shard = Shard.of("k")
            #expect(
                try await reading.asker.number("select contiguous from inbox_watermark where topic = 'counter.events' and shard = \(shard)")
                    == 3)
            #expect(try await reading.discard(try await reading.asker.parked()[0].id).refusal == nil)
            try await reading.sees("k", [1, 3])
        }
    }

    @Test("an event with any other fault is parked under its own key, and other keys continue")
    func everyFault() async throws {
        try await Reading.with { reading in
            let good = try MessageBody.encode(try HookedServices.added("x", total: 1))
            let headers = { (key: String, sequence: Int64) in Records.eventHeaders(version: 1, shard: Shard.of(key), sequence: sequence) }
            let longKey = String(repeating: "k", count: 10_240)
            let records = [
                Wire.record(to: "counter.events", key: Array("e1".utf8), value: Array(good.dropLast(3)), headers: headers("e1", 1)),
                Wire.record(to: "counter.events", key: Array("e2".utf8), value: nil, headers: headers("e2", 1)),
                Wire.record(to: "counter.events", key: Array("e3".utf8), value: [0xff], headers: headers("e3", 1)),
                Wire.record(
                    to: "counter.events", key: Array("e4".utf8), value: Array(repeating: 0x20, count: (1 << 20) + 1),
                    headers: headers("e4", 1)),
                Wire.record(to: "counter.events", key: Array("e5".utf8), value: good, headers: headers("e5", 1).without("ce_keyversion")),
                Wire.record(
                    to: "counter.events", key: Array("e6".utf8), value: good,
                    headers: headers("e6", 1).without("ce_shard").without("ce_sequence")),
                Wire.record(
                    to: "counter.events", key: Array("e7".utf8), value: good, headers: headers("e7", 1) + [KafkaHeader("ce_id", "again")]),
                Wire.record(
                    to: "counter.events", key: Array("e8".utf8), value: good,
                    headers: headers("e8", 1).with("ce_keyversion", String(Int64.max))),
                Wire.record(to: "counter.events", key: Array(longKey.utf8), value: good, headers: headers(longKey, 1)),
                Wire.record(to: "counter.events", key: nil, value: good, headers: headers("", 1)),
                Wire.record(
                    to: "counter.events", key: [0xff, 0x00], value: good, headers: headers("", 1).with("ce_token", "secret-token")),
            ]
            try await reading.wire.send(records)
            try await reading.send("good", 1...3)
            try await reading.sees("good", [1, 2, 3])
            try await reading.hasParked(records.count)
            let rows = try await reading.asker.parked()
            #expect(
                rows.map(\.reason).sorted() == [
                    "body-not-json", "body-not-utf8", "body-too-large", "key-not-text", "key-too-long", "malformed-header",
                    "missing-header",
                    "missing-header", "no-key", "null-payload", "repeated-header",
                ])
            #expect(rows.allSatisfy { !$0.headers.contains("secret-token") }, "no token is stored")
            // Without a handler for its type it counts, whatever its body is, and is ignored.
            try await reading.send("stranger", 1...1, body: Array("{}".utf8)) { $0.with("ce_type", "counter.renamed.v1") }
            try await reading.send("stranger", 2...2)
            try await reading.sees("stranger", [2])
        }
    }

    @Test("tokens are not stored with held events, nor with parked events")
    func tokensAreDropped() async throws {
        try await Reading.with { reading in
            try await reading.send("early", 2...2) { $0.with("ce_token", "secret-token") }
            try await reading.send("spoilt", 1...1, body: Array("{".utf8)) { $0.with("ce_token", "secret-token") }
            try await reading.send("spoilt", 2...3) { $0.with("ce_token", "secret-token") }
            try await eventually("the early one is held") { try await reading.asker.number("select count(*) from inbox_held") == 1 }
            try await reading.hasParked(3)
            let found = try await reading.asker.number(
                """
                select (select count(*) from inbox_held h where h::text like '%secret-token%')
                     + (select count(*) from parked p where p::text like '%secret-token%')
                     + (select count(*) from outbox o where o::text like '%secret-token%')
                """)
            #expect(found == 0)
        }
    }

    @Test("events that arrive twice and in any order are applied once, in the order of their versions")
    func disorder() async throws {
        var random = Seeded()
        try await Reading.with { reading in
            let keys = ["p", "q", "r"]
            var records = try keys.flatMap { key in
                try (1...15).map { try HookedServices.record(key, $0, sequence: Int64(keys.firstIndex(of: key) ?? 0) * 100 + $0) }
            }
            records += records.shuffled(using: &random).prefix(20)
            records.shuffle(using: &random)
            try await reading.wire.send(records)
            for key in keys { try await reading.sees(key, Array(1...15)) }
            try await eventually("nothing is held, seed \(random.seed)") {
                try await reading.asker.number("select count(*) from inbox_held") == 0
            }
        }
    }

    @Test("requests for unknown rows or topics, and invalid requests, are refused; requests on an event topic are ignored")
    func badRequests() async throws {
        try await Reading.with { reading in
            let wire = reading.wire
            func refusal(_ command: some Command) async throws -> [String]? {
                try await wire.answer(to: try await wire.toAsker(command)).refusal?.clauses
            }
            #expect(try await refusal(RedriveParked(parkedID: 4711)) == ["QUAN-07"])
            #expect(try await refusal(DiscardParked(parkedID: 4711, operatorName: "a", reason: "b")) == ["QUAN-07"])
            // Written by hand, because the encoder would reject them.
            for (name, reason) in [("a", "nul \\u0000 inside"), ("", "b"), ("a", String(repeating: "r", count: 2001))] {
                let id = UUID()
                try await wire.send(
                    to: "asker.commands", key: "operator",
                    value: Array(#"{"parkedID":1,"operatorName":"\#(name)","reason":"\#(reason)"}"#.utf8),
                    headers: Records.commandHeaders(DiscardParked.type.description, id: id))
                #expect(try await wire.answer(to: id).refusal?.clauses == ["QUAN-01"])
            }
            let place = Republish.Place(shard: 0, after: 0)
            for topic in ["", "a b", "nul\\u0000", String(repeating: "t", count: 250)] {
                let id = UUID()
                try await wire.send(
                    to: "asker.commands", key: "operator",
                    value: Array(#"{"topic":"\#(topic)","places":[{"shard":0,"after":0}],"recordsAtMost":1}"#.utf8),
                    headers: Records.commandHeaders(Republish.type.description, id: id))
                #expect(try await wire.answer(to: id).refusal?.clauses == ["QUAN-01"])
            }
            #expect(
                try await refusal(Republish(topic: "asker.events", places: [Republish.Place(shard: 32, after: 0)], recordsAtMost: 1)) == [
                    "QUAN-01"
                ])
            #expect(try await refusal(Republish(topic: "elsewhere.events", places: [place], recordsAtMost: 1)) == ["QUAN-07"])
            let twice = Republish(topic: "asker.events", places: [place, place], recordsAtMost: Int.max)
            #expect(try await wire.answer(to: try await wire.toAsker(twice)).refusal == nil)

            let stray = Records.eventHeaders(RedriveParked.type.description, version: 1, shard: Shard.of("stray"), sequence: 1)
            try await wire.send(
                to: "counter.events", key: "stray", value: try MessageBody.encode(RedriveParked(parkedID: 1)), headers: stray)
            try await reading.send("k", 1...1)
            try await reading.sees("k", [1])
            try await eventually("it is ignored") {
                try await reading.asker.number("select count(*) from inbox_stream where key = 'stray'") == 1
            }
            #expect(try await reading.asker.number("select count(*) from audit where key = 'stray'") == 0)
        }
    }

    @Test("a redrive that dies half way continues when its command is repeated; one that dies before its answer is still answered")
    func killedRedrive() async throws {
        let isBroken = Switch(true)
        let registry = HookedServices.registry { _ in if isBroken.isOn { throw Broken() } }
        try await Reading.with(registry) { reading in
            try await reading.send("k", 1...4)
            try await reading.hasParked(4)
            let first = try await reading.asker.parked()[0].id
            try await reading.asker.stop()
            isBroken.isOn = false

            // The process dies when a transaction of the redrive is about to be committed.
            let request = UUID()
            for survivedTransactions in [1, 2, 1] {
                let deaths = Countdown(survivedTransactions)
                var options = MessagingOptions.embeddedBroker
                options.stopDeadline = .seconds(5)
                let dying = try reading.stage.start(registry, on: reading.asker.pool, options: options) { point in
                    guard point == .written, deaths.isOver() else { return }
                    deaths.hasStruck.isOn = true
                    try await Task.sleep(for: .seconds(600))
                }
                try await reading.wire.toAsker(RedriveParked(parkedID: first), id: request)
                try await eventually("it has reached the fault point") { deaths.hasStruck.isOn }
                try await dying.stop()
                #expect(reading.wire.answers(to: request).isEmpty)
            }
            let alive = try reading.stage.start(registry, on: reading.asker.pool)
            #expect(try await reading.wire.answer(to: request).refusal == nil)
            #expect(try await alive.seen("k") == [1, 2, 3, 4])
            #expect(try await alive.number("select count(*) from parked_key") == 0)
        }
    }
}

/// Counts down to the death of a process.
private final class Countdown: Sendable {
    let hasStruck = Switch(false)
    private let left: Mutex<Int>

    init(_ count: Int) { left = Mutex(count) }

    /// True from call number `count` + 1 on.
    func isOver() -> Bool {
        left.withLock { left in
            left -= 1
            return left < 0
        }
    }
}
