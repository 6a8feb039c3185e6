import Foundation
import Messages
import Postgres
import Testing

@testable import Recovery

@Suite("Stored watermarks")
struct WatermarksTests {
    private static let key = Watermark.Key(source: "counter", topic: "counter.events", shard: 3)
    private static let other = Watermark.Key(source: "counter", topic: "counter.events", shard: 7)

    /// Changes both watermarks in a transaction, as a batch does, and returns them.
    private static func change(_ database: RecoveryDatabase, _ change: (inout Watermarks) -> Void = { _ in }) async throws -> Watermarks {
        try await database.pool.withTransaction("test.change") { connection in
            let keys = [key, other]
            let found = try await connection.pipeline([Watermarks.lookup(keys)])
            var marks = try await Watermarks(keys, found: found.first, on: connection)
            change(&marks)
            if let step = marks.saving { try connection.enqueue([step]) }
            return marks
        }
    }

    @Test("the received numbers are read again as they were saved, and a shard is behind exactly while numbers are missing")
    func savedAndRead() async throws {
        try await RecoveryDatabase.with { database in
            let gapped = try await Self.change(database) { marks in
                for number in [1, 2, 5, 9] { marks.record(Int64(number), in: Self.key) }
            }
            #expect(gapped.hasGap)
            #expect(try await database.behind() == 1)
            let read = try await Self.change(database)
            #expect(read.hasGap)
            #expect((1...10).filter { read.contains($0, in: Self.key) } == [1, 2, 5, 9])
            #expect(!read.contains(1, in: Self.other))
            let filled = try await Self.change(database) { marks in
                for number in 3...8 { marks.record(Int64(number), in: Self.key) }
            }
            #expect(!filled.hasGap && filled.contains(9, in: Self.key))
            #expect(try await database.behind() == 0)
            #expect(try await database.number("select contiguous from inbox_watermark where shard = 3") == 9)
        }
    }

    @Test("after an answer without progress the time of the request is kept; a missing record that arrives clears it")
    func requests() async throws {
        try await RecoveryDatabase.with { database in
            let request = UUID()
            try await database.script(
                """
                insert into inbox_watermark (source, topic, shard, contiguous, target, behind_since, requested_at, request_id, requests)
                values ('counter', 'counter.events', 3, 2, 9, now(), now(), '\(request.uuidString)', 3)
                """)
            let outstanding = "select count(*) from inbox_watermark where request_id is not null"
            let requested = "select requests::bigint from inbox_watermark where requested_at is not null"
            let report = SequenceReport(topic: "counter.events", shard: 3, first: 1, last: 9)
            _ = try await Self.change(database) { $0.apply(report, answering: UUID(), in: Self.key) }
            #expect(try await database.number(outstanding) == 1, "it answers another request")
            _ = try await Self.change(database) { $0.apply(report, answering: request, in: Self.key) }
            #expect(try await database.number(outstanding) == 0)
            #expect(try await database.number(requested) == 3)
            _ = try await Self.change(database) { $0.record(3, in: Self.key) }
            #expect(try await database.number(requested) == 0)
            #expect(try await database.behind() == 1)
        }
    }

    @Test("numbers that the producer no longer has are skipped, and the shard is named")
    func skipped() async throws {
        try await RecoveryDatabase.with { database in
            let request = UUID()
            try await database.script(
                """
                insert into inbox_watermark (source, topic, shard, target, behind_since, request_id)
                values ('counter', 'counter.events', 3, \(Watermark.unknown), now(), '\(request.uuidString)')
                """)
            let report = SequenceReport(topic: "counter.events", shard: 3, first: 5, last: 6)
            let marks = try await Self.change(database) { marks in
                marks.apply(report, answering: request, in: Self.key)
                for number in 5...6 { marks.record(Int64(number), in: Self.key) }
            }
            #expect(marks.skipped.map(\.key) == [Self.key] && marks.skipped.map(\.contiguous) == [6])
            #expect(!marks.hasGap)
            #expect(try await database.number("select skipped_through from inbox_watermark where shard = 3") == 4)
        }
    }
}
