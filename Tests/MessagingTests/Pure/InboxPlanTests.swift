import Foundation
import Kafka
import Kernel
import Messages
import Postgres
import Testing

@testable import Messaging

/// Rows of nothing: the plan needs none.
struct NoRows: WorkingRows {
    init() {}
    mutating func load(_ connection: PostgresConnection) async throws {}
    func writes() -> [PostgresStep] { [] }
}

@Suite("What is done with each message of a batch")
struct InboxPlanTests {
    private typealias Message = Incoming<NoRows>

    private static let stream = EventStream(source: "counter", topic: "counter.events", key: "k0")

    private static func event(_ key: String, _ version: Int64, isReadable: Bool = true, offset: Int64 = 0) -> Message {
        let headers = Records.eventHeaders(version: version, shard: 0, sequence: 1)
        let record = Records.record(topic: "counter.events", offset: offset, key: Array(key.utf8), headers: headers)
        let envelope = Envelope(
            id: UUID(), source: "counter", type: MessageType("counter", "amount-added"), time: Date(timeIntervalSince1970: 0), key: key,
            version: version)
        return Message(
            record: record, envelope: envelope, content: isReadable ? .passedOver : .unreadable(reason: "body-not-json", explanation: ""))
    }

    private static func command(_ id: UUID, key: String = "k0", cause: UUID? = nil, isRefused: Bool = false) -> Message {
        let envelope = Envelope(
            id: id, source: "tool", type: MessageType("counter", "add-amount"), time: Date(timeIntervalSince1970: 0), key: key,
            cause: cause)
        let handler = BoundHandler<NoRows>(wants: { _ in }, handle: { _, _, _ in })
        return Message(
            record: Records.record(key: Array(key.utf8)), envelope: envelope,
            content: isRefused ? .refused(PlatformRule.malformedMessage.refusal()) : .handled(handler))
    }

    /// What a step is, for comparison.
    private static func words(_ plan: InboxPlan<NoRows>) -> [String] {
        plan.steps.map { step in
            switch step {
            case .act(let incoming): "act \(incoming.envelope?.version.map(String.init) ?? "-")"
            case .answerAgain: "answer again"
            case .hold(let incoming): "hold \(incoming.envelope?.version ?? 0)"
            case .queueBehindParked(let incoming): "queue \(incoming.envelope?.version ?? 0)"
            case .park(let incoming): "park \(incoming.envelope?.version ?? 0)"
            case .drop(let incoming): "drop \(incoming.envelope?.version ?? 0)"
            }
        }
    }

    /// The tables, as far as the plan sees and changes them.
    private struct Tables {
        var memory = InboxMemory<NoRows>()
        /// What was acted on, by key, in order.
        var acted: [String: [Int64]] = [:]
        var actedCommands: [UUID] = []
        /// What lies aside, by raw key, in order.
        var aside: [RawKey: [Message]] = [:]

        /// What was dropped, by raw key, in order.
        var dropped: [RawKey: [Message]] = [:]
        var rowsAKeyAtMost = Int.max

        mutating func take(_ batch: [Message]) -> InboxPlan<NoRows> {
            let plan = InboxPlan(batch, memory: memory, rowsAKeyAtMost: rowsAKeyAtMost)
            for step in plan.steps { note(step) }
            // In the store's order: what is held and taken up in one batch is written and removed.
            for (stream, version) in plan.released { memory.held[stream]?[version] = nil }
            for (stream, version) in plan.advanced { memory.versions[stream] = version }
            return plan
        }

        private mutating func note(_ step: InboxPlan<NoRows>.Step) {
            switch step {
            case .act(let incoming):
                if let (stream, version) = incoming.streamVersion {
                    acted[stream.key, default: []].append(version)
                } else if let id = incoming.envelope?.id {
                    actedCommands.append(id)
                    memory.answered[id] = [1]
                }
            case .answerAgain: break
            case .hold(let incoming):
                if let (stream, version) = incoming.streamVersion { memory.held[stream, default: [:]][version] = incoming }
            case .queueBehindParked(let incoming), .park(let incoming):
                let key = RawKey(incoming.record)
                if key.isKeyless { memory.keyless[key.topic, default: 0] += 1 } else { memory.blocked[key, default: 0] += 1 }
                if let id = incoming.envelope?.id { memory.aside[key, default: []].insert(id) }
                aside[key, default: []].append(incoming)
            case .drop(let incoming): dropped[RawKey(incoming.record), default: []].append(incoming)
            }
        }
    }

    @Test("whatever comes in whatever order and however often, the versions of a key are acted on as 1, 2, 3 and so on")
    func order() {
        var random = Seeded()
        for _ in 0..<200 {
            var tables = Tables()
            let keys = (0..<Int.random(in: 1...4, using: &random)).map { "k\($0)" }
            let last = Int64.random(in: 1...12, using: &random)
            let commands = (0..<5).map { _ in UUID() }
            func everything() -> [Message] {
                keys.flatMap { key in (1...last).map { Self.event(key, $0) } } + commands.map { Self.command($0) }
            }
            // Losses first: each record comes with a chance; then once more all of them, in any order.
            var deliveries: [Message] = []
            for _ in 0..<3 { deliveries += everything().shuffled(using: &random).filter { _ in random.chance(60) } }
            deliveries += everything().shuffled(using: &random)
            while !deliveries.isEmpty {
                let size = min(deliveries.count, Int.random(in: 1...10, using: &random))
                _ = tables.take(Array(deliveries.prefix(size)))
                deliveries.removeFirst(size)
            }
            for key in keys { #expect(tables.acted[key] == Array(1...last), "seed \(random.seed)") }
            #expect(tables.actedCommands.count == commands.count && Set(tables.actedCommands) == Set(commands), "seed \(random.seed)")
            #expect(tables.memory.held.values.reduce(0) { $0 + $1.count } == 0, "seed \(random.seed)")
        }
    }

    @Test("behind what cannot be read everything of its key is kept in order, nothing of it is acted on, and other keys go on")
    func blocked() {
        var random = Seeded()
        for _ in 0..<200 {
            var tables = Tables()
            let bad = Int64.random(in: 1...6, using: &random)
            var deliveries = (1...8).flatMap { version in
                [Self.event("k0", version, isReadable: version != bad, offset: version), Self.event("k1", version, offset: 100 + version)]
            }
            while !deliveries.isEmpty {
                let size = min(deliveries.count, Int.random(in: 1...7, using: &random))
                _ = tables.take(Array(deliveries.prefix(size)))
                deliveries.removeFirst(size)
            }
            #expect(tables.acted["k0"] ?? [] == Array(1..<bad), "seed \(random.seed)")
            #expect(tables.acted["k1"] == Array(1...8), "seed \(random.seed)")
            let aside = tables.aside[RawKey(topic: "counter.events", bytes: Array("k0".utf8))] ?? []
            #expect(aside.compactMap { $0.envelope?.version } == Array(bad...8), "seed \(random.seed)")
        }
    }

    @Test("an event that comes too early is held, and taken up right behind its predecessor in the same batch or a later one")
    func held() {
        var tables = Tables()
        let batch = [Self.event("k0", 2), Self.event("k0", 1), Self.event("k0", 4)]
        #expect(Self.words(tables.take(batch)) == ["hold 2", "act 1", "act 2", "hold 4"])
        #expect(Self.words(tables.take([Self.event("k0", 4)])).isEmpty, "held once is enough")
        let plan = tables.take([Self.event("k0", 3)])
        #expect(Self.words(plan) == ["act 3", "act 4"])
        #expect(plan.released.map(\.1) == [4] && plan.advanced == [Self.stream: 4])
    }

    @Test("a held event that turns out to be unreadable is set aside where it stands, and what is held behind it stays")
    func heldUnreadable() {
        var tables = Tables()
        tables.memory.held[Self.stream] = [2: Self.event("k0", 2, isReadable: false), 3: Self.event("k0", 3)]
        let plan = tables.take([Self.event("k0", 1), Self.event("k0", 4)])
        #expect(Self.words(plan) == ["act 1", "park 2", "queue 4"])
        #expect(plan.advanced == [Self.stream: 1] && tables.memory.held[Self.stream]?.keys.sorted() == [3])
    }

    @Test("a command is decided once; a repetition in the batch is passed over, one from before gets its answer again")
    func commands() {
        var tables = Tables()
        let (first, second) = (UUID(), UUID())
        let plan = tables.take([Self.command(first), Self.command(first), Self.command(second, isRefused: true)])
        #expect(Self.words(plan) == ["act -", "act -"] && plan.duplicates == 1)
        #expect(Self.words(tables.take([Self.command(first), Self.command(second)])) == ["answer again", "answer again"])
    }

    @Test("an event that was applied is passed over even when it can no longer be read, and even behind what is set aside")
    func oldEvents() {
        var tables = Tables()
        _ = tables.take([Self.event("k0", 1), Self.event("k0", 2, isReadable: false)])
        let plan = tables.take([Self.event("k0", 1, isReadable: false), Self.event("k0", 1)])
        #expect(plan.steps.isEmpty && plan.duplicates == 2)
    }

    @Test("what was held for something that comes no more is taken up without it, with all that follows it without a gap")
    func overdue() {
        var tables = Tables()
        _ = tables.take([3, 4, 6].map { Self.event("k0", $0) })
        let plan = InboxPlan([Self.event("k0", 3)], memory: tables.memory, isOverdue: true)
        #expect(Self.words(plan) == ["act 3", "act 4"])
        #expect(plan.released.map(\.1) == [3, 4] && plan.advanced == [Self.stream: 4])
    }

    @Test("an unreadable record without a key holds nothing up, not even others without a key, and their number has a bound")
    func noKey() {
        var tables = Tables()
        tables.rowsAKeyAtMost = 3
        func keyless(_ offset: Int64, _ key: [UInt8]?) -> Message {
            Message(
                record: Records.record(offset: offset, key: key), envelope: nil, content: .unreadable(reason: "no-key", explanation: ""))
        }
        let refused = Message(
            record: Records.record(offset: 9, key: nil), envelope: Self.command(UUID()).envelope,
            content: .refused(PlatformRule.malformedMessage.refusal()))
        let plan = tables.take([keyless(1, nil), keyless(2, []), refused, Self.command(UUID())])
        #expect(Self.words(plan) == ["park 0", "park 0", "act -", "act -"])
        #expect(Set(plan.aside.map { RawKey($0.incoming.record).named }).count == 2, "each is kept for itself")
        #expect(Self.words(tables.take([keyless(3, nil), keyless(4, nil)])) == ["park 0", "drop 0"])
    }

    @Test("at a key's bound a command that somebody waits for is refused under QUAN-28, what nobody waits for is dropped, other keys go on")
    func bound() {
        var random = Seeded()
        for _ in 0..<200 {
            var tables = Tables()
            tables.rowsAKeyAtMost = Int.random(in: 1...6, using: &random)
            let key = RawKey(topic: "counter.commands", bytes: Array("k0".utf8))
            tables.memory.blocked[key] = 1
            let asked = (0..<20).map { _ in UUID() }
            let caused = (0..<20).map { _ in UUID() }
            var deliveries = asked.map { Self.command($0) } + caused.map { Self.command($0, cause: UUID()) }
            deliveries += deliveries.filter { _ in random.chance(30) } + asked.map { _ in Self.command(UUID(), key: "k1") }
            deliveries.shuffle(using: &random)
            var refused: [RawKey: Int] = [:]
            while !deliveries.isEmpty {
                let size = min(deliveries.count, Int.random(in: 1...7, using: &random))
                refused.merge(tables.take(Array(deliveries.prefix(size))).refusedAtBound) { $0 + $1 }
                deliveries.removeFirst(size)
            }
            let kept = Set((tables.aside[key] ?? []).compactMap { $0.envelope?.id })
            let dropped = Set((tables.dropped[key] ?? []).compactMap { $0.envelope?.id })
            let acted = tables.actedCommands
            #expect(kept.count == tables.rowsAKeyAtMost - 1 && tables.memory.blocked == [key: tables.rowsAKeyAtMost], "seed \(random.seed)")
            #expect(Set(asked).isDisjoint(with: dropped) && dropped == Set(caused).subtracting(kept), "seed \(random.seed)")
            #expect(Set(acted).isSuperset(of: Set(asked).subtracting(kept)) && Set(acted).isDisjoint(with: kept), "seed \(random.seed)")
            #expect(acted.count == Set(acted).count && acted.count == asked.count + refused[key, default: 0], "seed \(random.seed)")
        }
    }

    @Test("behind what is set aside what has no order is taken: answers and reports, and a command that is refused as it stands")
    func withoutOrder() {
        var tables = Tables()
        let known = UUID()
        _ = tables.take([Self.command(known)])
        tables.memory.blocked = [RawKey(topic: "counter.commands", bytes: Array("k0".utf8)): 1]
        let plan = tables.take([
            Self.command(UUID(), isRefused: true), Self.command(known), Self.command(UUID()),
            Message(
                record: Records.record(), envelope: Self.command(UUID()).envelope,
                content: .report(SequenceReport(topic: "counter.commands", shard: 0, first: 1, last: 1))),
        ])
        #expect(Self.words(plan) == ["act -", "answer again", "queue 0", "act -"])
    }
}
