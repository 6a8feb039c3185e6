import Foundation
import Kafka
import Kernel
import Messages
import Postgres
import Testing

@testable import Messaging

/// An empty unit of work, because the plan needs no rows.
struct NoRows: UnitOfWork {
    init() {}
    mutating func load(_ connection: PostgresConnection) async throws {}
    func writes() -> [PostgresStep] { [] }
}

@Suite("Inbox plan")
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
            record: record, envelope: envelope, content: isReadable ? .ignored : .unreadable(reason: "body-not-json", explanation: ""))
    }

    private static func command(_ id: UUID, key: String = "k0", cause: UUID? = nil, isRefused: Bool = false) -> Message {
        let envelope = Envelope(
            id: id, source: "tool", type: MessageType("counter", "add-amount"), time: Date(timeIntervalSince1970: 0), key: key,
            cause: cause)
        let handler = BoundHandler<NoRows>(requestRows: { _ in }, handle: { _, _, _ in })
        return Message(
            record: Records.record(key: Array(key.utf8)), envelope: envelope,
            content: isRefused ? .refused(PlatformRule.malformedMessage.refusal()) : .handled(handler))
    }

    /// The steps as text, for comparison.
    private static func steps(_ plan: InboxPlan<NoRows>) -> [String] {
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

    /// The tables, as far as the plan reads and changes them.
    private struct Tables {
        var state = InboxState<NoRows>()
        /// The versions acted on, by key, in order.
        var acted: [String: [Int64]] = [:]
        var actedCommands: [UUID] = []
        /// The parked messages, by raw key, in order.
        var parked: [RawKey: [Message]] = [:]

        /// The dropped messages, by raw key, in order.
        var dropped: [RawKey: [Message]] = [:]
        var rowsPerKeyAtMost = Int.max

        mutating func take(_ batch: [Message]) -> InboxPlan<NoRows> {
            let plan = InboxPlan(batch, state: state, rowsPerKeyAtMost: rowsPerKeyAtMost)
            for step in plan.steps { note(step) }
            // In the store's order: an event held and released in one batch is first written, then removed.
            for (stream, version) in plan.released { state.held[stream]?[version] = nil }
            for (stream, version) in plan.advanced { state.versions[stream] = version }
            return plan
        }

        private mutating func note(_ step: InboxPlan<NoRows>.Step) {
            switch step {
            case .act(let incoming):
                if let (stream, version) = incoming.streamVersion {
                    acted[stream.key, default: []].append(version)
                } else if let id = incoming.envelope?.id {
                    actedCommands.append(id)
                    state.answered[id] = [1]
                }
            case .answerAgain: break
            case .hold(let incoming):
                if let (stream, version) = incoming.streamVersion { state.held[stream, default: [:]][version] = incoming }
            case .queueBehindParked(let incoming), .park(let incoming):
                let key = RawKey(incoming.record)
                state.blocked[key, default: 0] += 1
                if let id = incoming.envelope?.id { state.parkedIDs[key, default: []].insert(id) }
                parked[key, default: []].append(incoming)
            case .drop(let incoming): dropped[RawKey(incoming.record), default: []].append(incoming)
            }
        }
    }

    @Test("the versions of a key are acted on as 1, 2, 3, …, in whatever order and however often they arrive")
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
            // First deliveries with losses, then all records again, in any order.
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
            #expect(tables.state.held.values.reduce(0) { $0 + $1.count } == 0, "seed \(random.seed)")
        }
    }

    @Test("behind an unreadable message all messages of its key are parked in order, none is acted on, and other keys continue")
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
            let parked = tables.parked[RawKey(topic: "counter.events", bytes: Array("k0".utf8))] ?? []
            #expect(parked.compactMap { $0.envelope?.version } == Array(bad...8), "seed \(random.seed)")
        }
    }

    @Test("an early event is held, and applied right after its predecessor, in the same batch or a later one")
    func held() {
        var tables = Tables()
        let batch = [Self.event("k0", 2), Self.event("k0", 1), Self.event("k0", 4)]
        #expect(Self.steps(tables.take(batch)) == ["hold 2", "act 1", "act 2", "hold 4"])
        #expect(Self.steps(tables.take([Self.event("k0", 4)])).isEmpty, "held once is enough")
        let plan = tables.take([Self.event("k0", 3)])
        #expect(Self.steps(plan) == ["act 3", "act 4"])
        #expect(plan.released.map(\.1) == [4] && plan.advanced == [Self.stream: 4])
    }

    @Test("a held event that is unreadable is parked when it is due, and later held events stay held")
    func heldUnreadable() {
        var tables = Tables()
        tables.state.held[Self.stream] = [2: Self.event("k0", 2, isReadable: false), 3: Self.event("k0", 3)]
        let plan = tables.take([Self.event("k0", 1), Self.event("k0", 4)])
        #expect(Self.steps(plan) == ["act 1", "park 2", "queue 4"])
        #expect(plan.advanced == [Self.stream: 1] && tables.state.held[Self.stream]?.keys.sorted() == [3])
    }

    @Test("a command is decided once; a duplicate within the batch is ignored, a later duplicate gets the stored answer")
    func commands() {
        var tables = Tables()
        let (first, second) = (UUID(), UUID())
        let plan = tables.take([Self.command(first), Self.command(first), Self.command(second, isRefused: true)])
        #expect(Self.steps(plan) == ["act -", "act -"] && plan.duplicates == 1)
        #expect(Self.steps(tables.take([Self.command(first), Self.command(second)])) == ["answer again", "answer again"])
    }

    @Test("a duplicate of an applied event is ignored, even if it is unreadable or its key is parked")
    func oldEvents() {
        var tables = Tables()
        _ = tables.take([Self.event("k0", 1), Self.event("k0", 2, isReadable: false)])
        let plan = tables.take([Self.event("k0", 1, isReadable: false), Self.event("k0", 1)])
        #expect(plan.steps.isEmpty && plan.duplicates == 2)
    }

    @Test("an overdue held event is applied without its predecessor, and so are its direct successors")
    func overdue() {
        var tables = Tables()
        _ = tables.take([3, 4, 6].map { Self.event("k0", $0) })
        let plan = InboxPlan([Self.event("k0", 3)], state: tables.state, isOverdue: true)
        #expect(Self.steps(plan) == ["act 3", "act 4"])
        #expect(plan.released.map(\.1) == [3, 4] && plan.advanced == [Self.stream: 4])
    }

    @Test("the records of a topic without a key are parked as one key, up to the bound; commands without a key are refused")
    func noKey() {
        var tables = Tables()
        tables.rowsPerKeyAtMost = 3
        func keyless(_ offset: Int64, _ key: [UInt8]?) -> Message {
            Message(
                record: Records.record(offset: offset, key: key), envelope: nil, content: .unreadable(reason: "no-key", explanation: ""))
        }
        let refused = Message(
            record: Records.record(offset: 9, key: nil), envelope: Self.command(UUID()).envelope,
            content: .refused(PlatformRule.malformedMessage.refusal()))
        let plan = tables.take([keyless(1, nil), keyless(2, []), refused, Self.command(UUID())])
        #expect(Self.steps(plan) == ["park 0", "queue 0", "act -", "act -"], "other keys continue")
        #expect(Self.steps(tables.take([keyless(3, nil), keyless(4, nil)])) == ["queue 0", "drop 0"])
    }

    @Test("QUAN-28: at a key's bound a command without a cause is refused, other messages are dropped, and other keys continue")
    func bound() {
        var random = Seeded()
        for _ in 0..<200 {
            var tables = Tables()
            tables.rowsPerKeyAtMost = Int.random(in: 1...6, using: &random)
            let key = RawKey(topic: "counter.commands", bytes: Array("k0".utf8))
            tables.state.blocked[key] = 1
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
            let kept = Set((tables.parked[key] ?? []).compactMap { $0.envelope?.id })
            let dropped = Set((tables.dropped[key] ?? []).compactMap { $0.envelope?.id })
            let acted = tables.actedCommands
            #expect(
                kept.count == tables.rowsPerKeyAtMost - 1 && tables.state.blocked == [key: tables.rowsPerKeyAtMost], "seed \(random.seed)")
            #expect(Set(asked).isDisjoint(with: dropped) && dropped == Set(caused).subtracting(kept), "seed \(random.seed)")
            #expect(Set(acted).isSuperset(of: Set(asked).subtracting(kept)) && Set(acted).isDisjoint(with: kept), "seed \(random.seed)")
            #expect(acted.count == Set(acted).count && acted.count == asked.count + refused[key, default: 0], "seed \(random.seed)")
        }
    }

    @Test("messages without an order are handled although their key is parked: answers, reports and invalid commands")
    func withoutOrder() {
        var tables = Tables()
        let known = UUID()
        _ = tables.take([Self.command(known)])
        tables.state.blocked = [RawKey(topic: "counter.commands", bytes: Array("k0".utf8)): 1]
        let plan = tables.take([
            Self.command(UUID(), isRefused: true), Self.command(known), Self.command(UUID()),
            Message(
                record: Records.record(), envelope: Self.command(UUID()).envelope,
                content: .report(SequenceReport(topic: "counter.commands", shard: 0, first: 1, last: 1))),
        ])
        #expect(Self.steps(plan) == ["act -", "answer again", "queue 0", "act -"])
    }
}
