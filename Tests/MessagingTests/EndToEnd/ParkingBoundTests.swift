import Foundation
import Kernel
import Messages
import TestKit
import Testing
import Toys

@testable import Messaging

private struct Broken: Error {}

/// A counter and an asker that subscribes to it, each with a handler that fails where a test wants it to.
private struct Pair {
    static let bound = 5

    let stage: MessagingFixture
    let counter: RunningService<CounterRows>
    let asker: RunningService<SeenRows>
    let wire: Wire

    static func with(
        counting: @escaping @Sendable (AddAmount) throws -> Void = { _ in }, asker: HandlerRegistry<SeenRows> = HookedServices.registry(),
        _ body: (Pair) async throws -> Void
    ) async throws {
        try await MessagingFixture.with(services: ["counter", "asker"]) { stage in
            var options = MessagingOptions.embeddedBroker
            options.rowsPerParkedKeyAtMost = bound
            options.gapTimeout = .milliseconds(200)
            options.republishTimeout = .seconds(1)
            options.republishAtMost = 7
            let asker = try stage.start(asker, on: try await stage.database("asker", tables: AskerService.table), options: options)
            let counter = try stage.start(
                HookedServices.counter(counting), on: try await stage.database("counter", tables: CounterService.table), options: options)
            try await Wire.with(stage) { wire in try await body(Pair(stage: stage, counter: counter, asker: asker, wire: wire)) }
        }
    }

    /// Another key in the shard of this one.
    static func neighbour(of key: String) throws -> String {
        try #require((0..<10_000).map { "n\($0)" }.first { Shard.of($0) == Shard.of(key) })
    }

    /// Publishes these totals of each of these counters, alternating between the counters.
    func publish(_ counters: [String], _ totals: ClosedRange<Int64>) async throws {
        try await counter.runtime.publisher.transaction("test", at: Date()) { _, output in
            for total in totals { for name in counters { try output.publish(try HookedServices.added(name, total: total), key: name) } }
        }
    }

    func ask(_ service: String, _ command: some Command) async throws -> Outcome {
        try await wire.ask(service, command)
    }

    func redrive(_ service: String, _ id: Int64) async throws -> Redrive<SeenRows>.Report {
        let outcome = try await ask(service, RedriveParked(parkedID: id))
        return try MessageBody.decode(Redrive<SeenRows>.Report.self, from: Array((outcome.result ?? "").utf8))
    }

    func list(_ service: String) async throws -> [ListParked.Row] {
        let outcome = try await ask(service, ListParked(rowsAtMost: 500))
        return try MessageBody.decode(ListParked.Answer.self, from: Array((outcome.result ?? "").utf8)).rows
    }

    /// Health's reports of paused partitions.
    var waiting: [String: String] {
        asker.runtime.health.problems.merging(counter.runtime.health.problems) { $1 }.filter { $0.key.hasPrefix("partition") }
    }
}

extension Wire {
    /// Sends a request to a service's messaging layer, and waits for the answer.
    fileprivate func ask<C: Command>(_ service: String, _ command: C) async throws -> Outcome {
        let id = UUID()
        try await send(
            to: Topic.commands(of: service), key: "operator", value: try MessageBody.encode(command),
            headers: Records.commandHeaders(C.type.description, id: id))
        return try await answer(to: id)
    }
}

@Suite("The bound of a parked key")
struct ParkingBoundTests {
    @Test(
        "events beyond the bound are dropped but count in the sequence; other keys continue; a redrive requests the events again"
    )
    func events() async throws {
        let isBroken = Switch(true)
        let registry = HookedServices.registry { event in if event.counter == "k", event.total == 2, isBroken.isOn { throw Broken() } }
        try await Pair.with(asker: registry) { pair in
            let other = try Pair.neighbour(of: "k")
            try await pair.publish(["k", other], 1...40)
            try await eventually("the other key continues") { try await pair.asker.seen(other) == Array(1...40) }
            try await eventually("what came beyond is counted") {
                try await pair.asker.number("select coalesce(max(dropped), 0)::bigint from parked_key") == 34
            }
            #expect(try await pair.asker.seen("k") == [1] && pair.waiting.isEmpty)
            let rows = try await pair.list("asker")
            #expect(rows.count == Pair.bound && rows.map(\.isHead) == [true, false, false, false, false])
            #expect(rows[0].dropped == 34 && rows[0].refused == nil && rows[1].dropped == nil)
            try await eventually("no records count as missing") {
                try await pair.asker.number("select count(*) from inbox_watermark where behind_since is not null") == 0
            }

            // It fails again: the key is not released, and nothing is requested.
            #expect(try await pair.redrive("asker", rows[0].parkedID).stoppedAt == rows[0].parkedID)
            isBroken.isOn = false
            try await pair.publish(["k", other], 41...45)
            var report = try await pair.redrive("asker", rows[0].parkedID)
            // Messages that arrive during the redrive are queued behind and redriven too, up to twice the bound; then the operator repeats.
            #expect(report.taken >= Pair.bound)
            while report.explanation != nil, let head = try await pair.list("asker").first {
                report = try await pair.redrive("asker", head.parkedID)
            }
            #expect(report.stoppedAt == nil && report.explanation == nil && report.refused == nil && (report.askedAgain ?? 0) >= 34)
            try await pair.publish(["k", other], 46...50)
            for key in ["k", other] {
                try await eventually("all of \(key) is seen") { try await pair.asker.seen(key).count >= 50 }
                #expect(try await pair.asker.seen(key) == Array(1...50))
            }
            try await eventually("nothing is left") { try await pair.asker.isQuiet() }
            #expect(try await pair.asker.number("select count(*) from parked_missing") == 0)
        }
    }

    @Test("dropped events are requested again after a discard too, and only the discarded event is not applied")
    func discarded() async throws {
        let registry = HookedServices.registry { event in if event.total == 2 { throw Broken() } }
        try await Pair.with(asker: registry) { pair in
            try await pair.publish(["k"], 1...30)
            try await eventually("what came beyond is counted") {
                try await pair.asker.number("select coalesce(max(dropped), 0)::bigint from parked_key") == 24
            }
            let head = try #require(try await pair.list("asker").first).parkedID
            #expect(try await pair.ask("asker", DiscardParked(parkedID: head, operatorName: "li.na", reason: "误发")).refusal == nil)
            try await eventually("the rest is seen") { try await pair.asker.seen("k").count >= 29 }
            #expect(try await pair.asker.seen("k") == [1] + Array(3...30))
            try await eventually("nothing is left") { try await pair.asker.isQuiet() }
        }
    }

    @Test(
        "QUAN-28: the sender of a parked command gets a note; at the bound further commands are refused; other keys are answered"
    )
    func commands() async throws {
        let isBroken = Switch(true)
        try await Pair.with(counting: { input in if input.counter == "k", input.amount == 1, isBroken.isOn { throw Broken() } }) { pair in
            let requests = pair.asker.runtime.requests
            func ask(_ counter: String, _ amount: Int64, _ name: String) async throws -> Reply? {
                try await requests.ask(
                    AddAmount(counter: counter, amount: amount), key: counter, from: .test(name), within: .seconds(60)
                ).reply
            }
            for number in 1...Pair.bound {
                let note = try #require(try await ask("k", Int64(number), "k\(number)")?.note)
                #expect(note.problem.clauses == ["QUAN-28"] && note.commandType == AddAmount.type.description)
            }
            let refusal = try #require(try await ask("k", 10, "over")?.outcome?.refusal)
            #expect(refusal.clauses == ["QUAN-28"] && refusal.numbers.map(\.name) == ["waiting"])
            #expect(try await ask("k", 10, "over")?.outcome?.refusal == refusal, "the same answer when it is repeated")
            #expect(try await ask("k", 1, "k1")?.note != nil, "the note is returned again")
            let other = try Pair.neighbour(of: "k")
            #expect(try await ask(other, 7, "other")?.outcome?.result == "7")
            #expect(pair.waiting.isEmpty)
            #expect(try await pair.counter.number("select count(*) from audit where outcome = 'refused' and key = 'k'") == 1)
            let head = try #require(try await pair.list("counter").first)
            #expect(head.refused == 1 && head.dropped == nil)

            isBroken.isOn = false
            let report = try await pair.redrive("counter", head.parkedID)
            #expect(report.taken == Pair.bound && report.refused == 1 && report.askedAgain == nil)
            var total: Int64 = 0
            for number in 1...Pair.bound {
                total += Int64(number)
                try await eventually("\(number) is answered") { try await ask("k", Int64(number), "k\(number)")?.outcome != nil }
                #expect(try await ask("k", Int64(number), "k\(number)")?.outcome?.result == "\(total)")
            }
            #expect(try await ask("k", 10, "over")?.outcome?.refusal == refusal)
            #expect(try await ask("k", 10, "new")?.outcome?.result == "\(total + 10)")
            #expect(try await pair.counter.number("select count(*) from audit where type = 'counter.add-amount.v1'") == 8)
        }
    }

    @Test("a command without a waiting sender is not refused at the bound: it is dropped, requested again, and handled once")
    func causedCommands() async throws {
        let isBroken = Switch(true)
        let hook: @Sendable (AddAmount) throws -> Void = { input in if input.counter == "sum", isBroken.isOn { throw Broken() } }
        let registry = HandlerRegistry(service: "asker", rows: SeenRows.self, asks: ["counter"]) { Subscribes(AddsToSum()) }
        try await Pair.with(counting: hook, asker: registry) { pair in
            // A starting service requests what it may have missed; commands dropped before the answer would be sent and counted twice.
            try await eventually("no request is outstanding") {
                try await pair.counter.number("select count(*) from inbox_watermark where source = 'asker' and behind_since is null") == 32
            }
            try await pair.publish(["k"], 1...30)
            try await eventually("what came beyond is counted") {
                try await pair.counter.number("select coalesce(max(dropped), 0)::bigint from parked_key") == 25
            }
            isBroken.isOn = false
            let head = try #require(try await pair.list("counter").first).parkedID
            #expect(try await pair.redrive("counter", head).askedAgain == 25)
            try await eventually("all are done") { try await pair.counter.number("select total from counter where name = 'sum'") == 465 }
            try await eventually("nothing is left") { try await pair.counter.isQuiet() }
            #expect(try await pair.counter.number("select count(*) from audit where type = 'counter.add-amount.v1'") == 30)
            #expect(pair.waiting.isEmpty)
        }
    }

    @Test("QUAN-07: the number of a row that does not exist is refused, however small or large, and the service continues")
    func noSuchRow() async throws {
        try await Pair.with { (pair: Pair) async throws -> Void in
            for number in [Int64.min, .min + 1, -1, 0, 1, .max] {
                #expect(try await pair.ask("counter", ShowParked(parkedID: number)).refusal?.clauses == ["QUAN-07"], "\(number)")
                #expect(try await pair.ask("counter", RedriveParked(parkedID: number)).refusal != nil, "\(number)")
                #expect(try await pair.ask("counter", ListParked(after: number, rowsAtMost: .max)).refusal == nil, "\(number)")
                #expect(try await pair.ask("counter", VerifyAudit(after: number)).refusal == nil, "\(number)")
            }
            #expect(try await pair.wire.answer(to: try await pair.wire.add("k")).result == "1")
        }
    }

    @Test("records without a key are parked as one key, up to its bound; a command without a key is refused, and other keys continue")
    func withoutKey() async throws {
        try await Pair.with { pair in
            let body = try MessageBody.encode(AddAmount(counter: "k", amount: 1))
            let nameless = Records.commandHeaders().without("ce_id")
            func park(_ keys: [[UInt8]?]) async throws {
                // One after another: those without a key and those with an empty one are on different partitions.
                for key in keys {
                    let before = try await pair.counter.parked().count
                    try await pair.wire.send([Wire.record(key: key, value: body, headers: nameless)])
                    try await eventually("it is parked") { try await pair.counter.parked().count == before + 1 }
                }
            }
            try await park([nil, [], nil])
            let id = UUID()
            try await pair.wire.send([Wire.record(key: nil, value: body, headers: Records.commandHeaders(id: id))])
            #expect(try await pair.wire.answer(to: id).refusal != nil)
            #expect(try await pair.wire.answer(to: try await pair.wire.add("k")).result == "1")
            let rows = try await pair.counter.parked()
            #expect(rows.map(\.isHead) == [true, false, false])
            #expect(try await pair.counter.number("select count(*) from parked_key") == 1)
            for row in rows {
                let discard = DiscardParked(parkedID: row.id, operatorName: "li.na", reason: "误发")
                #expect(try await pair.ask("counter", discard).refusal == nil)
            }
            #expect(try await pair.counter.number("select count(*) from parked_key") == 0)
            try await park(Array(repeating: nil, count: Pair.bound))
            for _ in 0..<3 { try await pair.wire.send([Wire.record(key: nil, value: body, headers: nameless)]) }
            try await eventually("three are beyond the bound") {
                try await pair.counter.number("select coalesce(max(dropped), 0)::bigint from parked_key") == 3
            }
            #expect(try await pair.counter.parked().count == Pair.bound)
            #expect(try await pair.wire.answer(to: try await pair.wire.add("k")).result == "2")
        }
    }

    @Test("whichever messages fail, no decodable message is lost: every event is applied once and in order, every command has one answer")
    func seeded() async throws {
        var random = Seeded()
        let (poisonedCommand, poisonedEvent) = (Int64.random(in: 1...20, using: &random), Int64.random(in: 2...20, using: &random))
        let (isCounterBroken, isAskerBroken) = (Switch(true), Switch(true))
        let registry = HookedServices.registry { event in
            if event.counter == "e", event.total >= poisonedEvent, isAskerBroken.isOn { throw Broken() }
        }
        let hook: @Sendable (AddAmount) throws -> Void = { input in
            if input.counter == "c", input.amount == poisonedCommand, isCounterBroken.isOn { throw Broken() }
        }
        let counters = ["c", "e", try Pair.neighbour(of: "c"), try Pair.neighbour(of: "e")]
        try await Pair.with(counting: hook, asker: registry) { pair in
            let requests = pair.asker.runtime.requests
            var asked: [(id: UUID, counter: String, amount: Int64)] = []
            func promise(_ count: Int) async throws {
                for _ in 0..<count {
                    let number = asked.count
                    let counter = counters.randomElement(using: &random) ?? "c"
                    // The amounts of `c` are 1, 2, 3, …; those of the others are 1, so that their totals are 1, 2, 3, …
                    let amount = counter == "c" ? Int64(asked.count { $0.counter == "c" }) + 1 : 1
                    let id = try await requests.accept(AddAmount(counter: counter, amount: amount), key: counter, from: .test("\(number)"))
                    asked.append((id, counter, amount))
                }
            }
            func redrive() async throws {
                for service in ["counter", "asker"] {
                    for row in try await pair.list(service) where row.isHead { _ = try await pair.redrive(service, row.parkedID) }
                }
            }
            try await promise(160)
            // All commands of other keys are handled while these fail.
            for (id, counter, _) in asked where counter != "c" {
                #expect(try await requests.outcome(of: id, within: .seconds(60))?.refusal == nil, "seed \(random.seed)")
            }
            for counter in counters.dropFirst(2) {
                try await eventually("\(counter) is seen, seed \(random.seed)") {
                    try await pair.asker.seen(counter).count == asked.count { $0.counter == counter }
                }
            }
            #expect(pair.waiting.isEmpty, "seed \(random.seed)")
            try await redrive()
            try await promise(40)
            (isCounterBroken.isOn, isAskerBroken.isOn) = (false, false)
            try await redrive()
            try await promise(20)
            var totals: [String: [Int64]] = [:]
            for (id, counter, amount) in asked {
                let outcome = try #require(try await requests.outcome(of: id, within: .seconds(60)), "seed \(random.seed)")
                if let total = outcome.result.flatMap(Int64.init) {
                    #expect(total == (totals[counter]?.last ?? 0) + amount, "in order, seed \(random.seed)")
                    totals[counter, default: []].append(total)
                } else {
                    #expect(counter == "c" && outcome.refusal?.clauses == ["QUAN-28"], "seed \(random.seed)")
                }
            }
            for counter in counters {
                try await eventually("\(counter) is seen, seed \(random.seed)") {
                    try await pair.asker.seen(counter).count >= totals[counter]?.count ?? 0
                }
                #expect(try await pair.asker.seen(counter) == totals[counter] ?? [], "seed \(random.seed)")
            }
            try await eventually("nothing is left, seed \(random.seed)") {
                let (isAskerQuiet, isCounterQuiet) = (try await pair.asker.isQuiet(), try await pair.counter.isQuiet())
                return isAskerQuiet && isCounterQuiet
            }
            let decided = try await pair.counter.number("select count(*) from audit where type = 'counter.add-amount.v1'")
            #expect(decided == Int64(asked.count), "each is decided once, seed \(random.seed)")
        }
    }
}

/// Sends a command to add each total of `k` to `sum`.
private struct AddsToSum: Handler {
    func requestRows(for input: AmountAdded, in rows: inout SeenRows) {}

    func handle(_ input: AmountAdded, context: HandlingContext, rows: inout SeenRows, output: inout HandlerOutput) throws {
        rows.add(input)
        if input.counter == "k" { try output.send(AddAmount(counter: "sum", amount: input.total), key: "sum") }
    }
}
