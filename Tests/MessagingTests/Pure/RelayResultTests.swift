import Foundation
import Kafka
import Testing

@testable import Messaging
@testable import Postgres

/// What a result records in the outbox, read from its steps.
private struct Recorded {
    /// How far each topic's shard is published.
    var progress: [String: Int64] = [:]
    /// The positions of the rows that leave `outbox_deferred`.
    var cleared: Set<Int64> = []
    /// The positions of the rows whose key is stopped.
    var blocked: Set<Int64> = []

    init(_ result: RelayResult) throws {
        for step in result.steps(blockedFor: .seconds(10)) {
            switch step.statement.name {
            case RelayStatements.advance.name:
                let shards = try #require(step.parameters[0] as? [Int16])
                let topics = try #require(step.parameters[1] as? [String])
                let numbers = try #require(step.parameters[2] as? [Int64])
                for (index, topic) in topics.enumerated() { progress["\(topic) \(shards[index])"] = numbers[index] }
            case RelayStatements.clear.name: cleared.formUnion(try #require(step.parameters[1] as? [Int64]))
            case RelayStatements.block.name: blocked.formUnion(try #require(step.parameters[1] as? [Int64]))
            default: Issue.record("\(step.statement.name) is not expected")
            }
        }
    }
}

@Suite("Publishing results")
struct RelayResultTests {
    typealias Delivery = Result<KafkaRecordMetadata, KafkaError>

    private static let published = Delivery.success(KafkaRecordMetadata(partition: 0, offset: 0))
    /// It is to be tried again at once.
    private static let transient = Delivery.failure(KafkaError(code: 7, name: "REQUEST_TIMED_OUT", reason: "late", isRetriable: true))
    private static let lasting = Delivery.failure(KafkaError(code: 10, name: "MSG_SIZE_TOO_LARGE", reason: "too large"))
    private static let noTopic = Delivery.failure(KafkaError.unknownTopic("t"))

    /// A row of the topic `t`, at the position of its number.
    private static func row(
        _ sequence: Int64, _ key: String, shard: Int16 = 0, topic: String = "t", position: Int64? = nil, isDeferred: Bool = false,
        isSkipped: Bool = false
    ) -> RelayRow {
        RelayRow(
            shard: shard, position: position ?? sequence, sequence: sequence, topic: topic,
            parts: KafkaRecordParts(key: Array(key.utf8), value: [], headers: []), isDeferred: isDeferred, besideStoppedAt: nil,
            isSkipped: isSkipped)
    }

    @Test("a key stops at its first failed record, other keys continue, and progress halts before the first row to be tried again")
    func transientFailure() throws {
        let batch = RelayBatch([Self.row(1, "a"), Self.row(2, "b"), Self.row(3, "a"), Self.row(4, "b")])
        let result = RelayResult(batch, [Self.published, Self.transient, Self.published, Self.published])
        let recorded = try Recorded(result)
        #expect(result.publishedCount == 2 && result.failedCount == 2 && result.hasTransientFailure)
        #expect(recorded.progress == ["t 0": 1] && recorded.blocked.isEmpty && recorded.cleared.isEmpty)
    }

    @Test(
        "after a lasting failure, such as a missing topic, the rest of the key is blocked, and its turn passes",
        arguments: [lasting, noTopic])
    func lastingFailure(failure: Delivery) throws {
        let batch = RelayBatch([Self.row(1, "a"), Self.row(2, "b"), Self.row(3, "a")])
        let result = RelayResult(batch, [failure, Self.published, Self.published])
        let recorded = try Recorded(result)
        #expect(result.publishedCount == 1 && result.failedCount == 2 && !result.hasTransientFailure)
        #expect(recorded.blocked == [1, 3] && recorded.progress == ["t 0": 3])
    }

    @Test("the first error of a key decides about the rest of it, and the first of the batch is reported")
    func firstError() throws {
        let batch = RelayBatch([Self.row(1, "a"), Self.row(2, "b"), Self.row(3, "b")])
        let result = RelayResult(batch, [Self.published, Self.lasting, Self.transient])
        #expect(result.firstError?.name == "MSG_SIZE_TOO_LARGE" && !result.hasTransientFailure)
        #expect(try Recorded(result).blocked == [2, 3])
    }

    @Test("the turn of skipped rows passes, and they have no result")
    func skipped() throws {
        let batch = RelayBatch([Self.row(1, "a"), Self.row(2, "b", isSkipped: true), Self.row(3, "a"), Self.row(4, "b", isSkipped: true)])
        #expect(batch.toPublish.map(\.sequence) == [1, 3])
        let result = RelayResult(batch, [Self.published, Self.published])
        #expect(result.publishedCount == 2 && result.failedCount == 0)
        #expect(try Recorded(result).progress == ["t 0": 4])
    }

    @Test("published deferred rows are cleared, and deferred rows never advance or halt progress")
    func deferred() throws {
        let batch = RelayBatch([
            Self.row(5, "a", isDeferred: true), Self.row(6, "b", isDeferred: true), Self.row(7, "c", isDeferred: true, isSkipped: true),
            Self.row(8, "d"), Self.row(9, "e", isDeferred: true),
        ])
        let recorded = try Recorded(RelayResult(batch, [Self.published, Self.transient, Self.published, Self.lasting]))
        #expect(recorded.cleared == [5] && recorded.blocked == [9] && recorded.progress == ["t 0": 8])
    }

    @Test("blocked rows are deferred before progress passes them")
    func order() {
        let batch = RelayBatch([Self.row(1, "a"), Self.row(2, "b"), Self.row(3, "c", isDeferred: true)])
        let steps = RelayResult(batch, [Self.lasting, Self.published, Self.published]).steps(blockedFor: .seconds(10))
        #expect(steps.map(\.statement.name) == [RelayStatements.block, RelayStatements.advance, RelayStatements.clear].map(\.name))
    }

    @Test("if nothing was published, blocked or skipped there is nothing to record")
    func nothing() {
        #expect(RelayResult().isEmpty && RelayResult().steps(blockedFor: .seconds(10)).isEmpty)
        #expect(RelayResult(RelayBatch([Self.row(1, "a"), Self.row(2, "a")]), [Self.transient, Self.published]).isEmpty)
        #expect(!RelayResult(RelayBatch([Self.row(1, "a", isSkipped: true)]), []).isEmpty)
    }

    /// What is to become of a row.
    private enum Fate { case published, blocked, again, skipped }

    private static func fate(after delivery: Delivery) -> Fate {
        guard case .failure(let error) = delivery else { return .published }
        return error.isRetriable && !error.isUnknownTopic ? .again : .blocked
    }

    @Test("whatever fails, no row is lost and no key overtakes itself: progress passes only rows that are published, blocked or skipped")
    func property() throws {
        var random = Seeded()
        for _ in 0..<500 {
            let batch = RelayBatch(Self.anyRows(&random))
            let deliveries = batch.toPublish.map { _ in
                let failure = [Self.transient, Self.lasting, Self.noTopic].randomElement(using: &random) ?? Self.lasting
                return random.chance(20) ? failure : Self.published
            }
            let result = RelayResult(batch, deliveries)
            let recorded = try Recorded(result)

            var fates: [Int64: Fate] = [:]
            for (_, group) in Dictionary(grouping: zip(batch.toPublish, deliveries), by: { $0.0.key }) {
                let failed = group.firstIndex { Self.fate(after: $0.1) != .published } ?? group.endIndex
                for (index, element) in group.enumerated() {
                    fates[element.0.position] = index < failed ? .published : Self.fate(after: group[failed].1)
                }
            }
            func positions(_ fate: Fate) -> Set<Int64> { Set(fates.filter { $0.value == fate }.keys) }
            #expect(result.publishedCount == positions(.published).count, "seed \(random.seed)")
            #expect(result.failedCount == batch.toPublish.count - result.publishedCount, "seed \(random.seed)")
            #expect(result.hasTransientFailure == !positions(.again).isEmpty, "seed \(random.seed)")
            #expect(recorded.blocked == positions(.blocked), "seed \(random.seed)")
            let deferred = batch.rows.filter(\.isDeferred).map(\.position)
            #expect(recorded.cleared == positions(.published).intersection(deferred), "seed \(random.seed)")
            let inTurn = Dictionary(grouping: batch.rows.filter { !$0.isDeferred }, by: { "\($0.topic) \($0.shard)" })
            for (place, rows) in inTurn {
                let passed = rows.prefix { (fates[$0.position] ?? .skipped) != .again }
                #expect(recorded.progress[place] == passed.last?.sequence, "seed \(random.seed)")
            }
            #expect(Set(recorded.progress.keys).isSubset(of: inTurn.keys), "seed \(random.seed)")
        }
    }

    /// Rows of a few keys in three topics' shards, each key in one shard.
    private static func anyRows(_ random: inout Seeded) -> [RelayRow] {
        var rows: [RelayRow] = []
        for (topic, shard) in [("t", Int16(0)), ("t", 1), ("u", 0)] {
            for sequence in 5...(5 + Int64.random(in: 0...8, using: &random)) {
                rows.append(
                    row(
                        sequence, "k\(shard)\(Int.random(in: 0..<3, using: &random))", shard: shard, topic: topic,
                        position: Int64(rows.count), isDeferred: random.chance(20), isSkipped: random.chance(10)))
            }
        }
        return rows.shuffled(using: &random)
    }
}
