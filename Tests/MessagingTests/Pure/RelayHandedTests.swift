import Foundation
import Kafka
import Messages
import TestKit
import Testing

@testable import Messaging

@Suite("Messages handed over to a relay")
struct RelayHandedTests {
    private static let topic = "counter.events"

    private static func message(
        _ sequence: Int64, shard: Int16 = 0, topic: String = topic, bytes: Int = 0, delay: Duration? = nil
    ) -> WrittenMessage {
        let draft = OutboxDraft(
            id: UUID(), topic: topic, key: "c", shard: shard, type: MessageType("counter", "amount-added"), isVersioned: false,
            time: Date(timeIntervalSince1970: 0), body: [UInt8](repeating: 0, count: bytes), delay: delay)
        return WrittenMessage(draft: draft, position: sequence, sequence: sequence, version: nil)
    }

    private static func row(
        _ sequence: Int64, shard: Int16 = 0, topic: String = topic, isAside: Bool = false, besideStopped: Date? = nil,
        isPutOff: Bool = false
    ) -> RelayRow {
        RelayRow(
            shard: shard, position: sequence, isAside: isAside, sequence: sequence, topic: topic,
            parts: KafkaRecordParts(key: Array("c".utf8), value: [], headers: []), besideStopped: besideStopped, isPutOff: isPutOff)
    }

    private static func next(
        _ handed: inout RelayHanded, held: ShardSet = .all, busy: ShardSet = .none, isForAnswers: Bool = false
    ) -> (numbers: [Int64], toClaim: [Int16]) {
        let next = handed.next(held: held, busy: busy, isForAnswers: isForAnswers)
        return (next.messages.map(\.sequence), next.toClaim.members)
    }

    @Test("messages that follow the last claimed one are published in order; before the first claim messages are claimed")
    func follows() {
        var handed = RelayHanded()
        _ = handed.add([Self.message(1)])
        #expect(Self.next(&handed) == ([], [0]))
        handed.begin(RelayRound([Self.row(1), Self.row(2)]))
        _ = handed.add([Self.message(4), Self.message(3), Self.message(2)])
        #expect(Self.next(&handed) == ([3, 4], []))
        _ = handed.add([Self.message(5), Self.message(3, shard: 1), Self.message(5, topic: "counter.commands")])
        #expect(Self.next(&handed) == ([5], [0, 1]), "another topic's shard is another sequence")
        #expect(handed.isEmpty)
    }

    @Test("after a gap the shard is claimed, and claimed messages are not published twice")
    func gap() {
        var handed = RelayHanded()
        handed.begin(RelayRound([Self.row(1)]))
        _ = handed.add([Self.message(3)])
        #expect(Self.next(&handed) == ([], [0]))
        handed.begin(RelayRound([Self.row(2), Self.row(3)]))
        _ = handed.add([Self.message(2), Self.message(4)])
        #expect(Self.next(&handed) == ([4], []))
    }

    @Test(
        "while a shard has rows in outbox_deferred, its messages are claimed",
        arguments: [row(2, isAside: true), row(2, besideStopped: Date(timeIntervalSince1970: 0)), row(2, isPutOff: true)])
    func aside(row: RelayRow) {
        var handed = RelayHanded()
        handed.begin(RelayRound([Self.row(1), Self.row(1, shard: 1)]))
        handed.begin(RelayRound([row]))
        _ = handed.add([Self.message(2, shard: 1), Self.message(3)])
        #expect(Self.next(&handed) == ([2], [0]))
        handed.begin(RelayRound([Self.row(3)]))
        _ = handed.add([Self.message(4)])
        #expect(Self.next(&handed) == ([4], []), "the last claim found no rows in outbox_deferred")
    }

    @Test("deferred messages, and messages handed over with them, are claimed")
    func putOff() {
        var handed = RelayHanded()
        handed.begin(RelayRound([Self.row(1)]))
        _ = handed.add([Self.message(2), Self.message(3, delay: .seconds(1))])
        #expect(Self.next(&handed) == ([], [0]))
    }

    @Test("messages of a shard with records in flight wait for these, and messages other than answers linger")
    func waits() {
        var handed = RelayHanded()
        handed.begin(RelayRound([Self.row(1), Self.row(1, shard: 1), Self.row(1, topic: Topic.replies)]))
        _ = handed.add([Self.message(2), Self.message(2, topic: Topic.replies), Self.message(2, shard: 1)])
        let first = Self.next(&handed, busy: ShardSet([1]), isForAnswers: true)
        #expect(first == ([2], []) && handed.waits(outside: ShardSet([1])))
        #expect(Self.next(&handed, busy: ShardSet([1])) == ([2], []))
        #expect(!handed.waits(outside: ShardSet([1])) && !handed.isEmpty)
        #expect(Self.next(&handed) == ([2], []))
    }

    @Test("after a lost lease or a failure a shard is claimed before handed-over messages are published")
    func forgotten() {
        for isLost in [true, false] {
            var handed = RelayHanded()
            handed.begin(RelayRound([Self.row(1)]))
            if isLost { _ = Self.next(&handed, held: .none) } else { handed.forget(ShardSet([0])) }
            _ = handed.add([Self.message(2)])
            #expect(Self.next(&handed) == ([], [0]))
        }
        var handed = RelayHanded()
        _ = handed.add([Self.message(2)])
        #expect(Self.next(&handed, held: .none, busy: ShardSet([0])) == ([], [0]) && handed.isEmpty, "it is not kept for whom it is not")
    }

    @Test("the number of kept messages is bounded; further ones are claimed")
    func room() {
        var handed = RelayHanded()
        let most = Int64(RelayHanded.messagesAtMost)
        #expect(handed.add((1...most).map { Self.message($0) }).isEmpty)
        #expect(handed.add([Self.message(most + 1, shard: 3)]).members == [3])
        var large = RelayHanded()
        #expect(large.add([Self.message(1, bytes: RelayHanded.bytesAtMost)]).isEmpty)
        #expect(large.add([Self.message(1, shard: 4, bytes: 1)]).members == [4])
        _ = Self.next(&large)
        #expect(large.add([Self.message(2, shard: 4, bytes: 1)]).isEmpty, "taken messages free their room")
        let inbox = RelayInbox()
        #expect(inbox.add((1...most).map { Self.message($0) }).isEmpty && inbox.add([Self.message(1, shard: 5)]).members == [5])
        #expect(inbox.take().count == Int(most) && inbox.take().isEmpty)
        #expect(inbox.add([Self.message(1, bytes: RelayHanded.bytesAtMost)]).isEmpty, "taken messages free their room")
        #expect(inbox.add([Self.message(2, shard: 6, bytes: 1)]).members == [6] && inbox.take().count == 1)
    }

    /// A topic's shard whose messages are handed over in any order, some late and some not at all.
    @Test("whichever messages are handed over, lost, late or fail, numbers are published in order and none is skipped")
    func property() {
        var random = Seeded()
        for _ in 0..<300 {
            var (handed, last, published, sent) = (RelayHanded(), Int64(0), Int64(0), Int64(0))
            var onTheWay: RelayRound?
            var late: [WrittenMessage] = []
            for _ in 0..<60 {
                switch Int.random(in: 0..<6, using: &random) {
                case 0, 1:
                    let more = (1...Int64.random(in: 1...3, using: &random)).map { Self.message(last + $0) }
                    last += Int64(more.count)
                    for message in more where Int.random(in: 0..<8, using: &random) > 0 {
                        if Int.random(in: 0..<4, using: &random) == 0 { late.append(message) } else { _ = handed.add([message]) }
                    }
                case 2:
                    _ = handed.add(late)
                    late = []
                case 3:
                    guard let round = onTheWay else { continue }
                    onTheWay = nil
                    if Int.random(in: 0..<4, using: &random) == 0 {
                        handed.forget(ShardSet([0]))
                        sent = published
                    } else {
                        published = max(published, round.rows.last?.sequence ?? 0)
                    }
                default:
                    let next = handed.next(held: .all, busy: onTheWay == nil ? .none : ShardSet([0]), isForAnswers: false)
                    var rows = next.messages.map { Self.row($0.sequence) }
                    if !next.toClaim.isEmpty || rows.isEmpty && Int.random(in: 0..<4, using: &random) == 0, onTheWay == nil {
                        rows = published < last ? (published + 1...last).map { Self.row($0) } : []
                        handed.begin(RelayRound(rows))
                    }
                    guard !rows.isEmpty else { continue }
                    for row in rows {
                        #expect(row.sequence <= sent + 1)
                        sent = max(sent, row.sequence)
                    }
                    onTheWay = RelayRound(rows: rows)
                }
            }
        }
    }
}

@Suite("Relay leases")
struct RelayTenureTests {
    @Test("a shard belongs to a relay only while its lease is certainly valid")
    func tenure() {
        let tenure = RelayTenure()
        let now = ContinuousClock.now
        #expect(tenure.shards(beyond: .zero, now: now).isEmpty)
        tenure.holds(ShardSet([1, 2]), until: now + .seconds(12))
        #expect(tenure.shards(beyond: .seconds(6), now: now).members == [1, 2])
        #expect(tenure.shards(beyond: .seconds(6), now: now + .seconds(6)).isEmpty)
        tenure.keepsOnly(ShardSet([2, 3]))
        #expect(tenure.shards(beyond: .seconds(6), now: now).members == [2])
    }
}
