import Foundation
import Kafka
import Messages
import Postgres
import Synchronization
import Testing

@testable import Recovery

extension CatchUp {
    /// A catch-up of a reader of `counter.events`, which has one partition. Requests are passed to `requested`; `looked` is called after each
    /// look for gaps. A gap is requested at once, and an unanswered request is repeated after two hours.
    static func test(
        _ database: RecoveryDatabase, buffered: Int = 0, requested: @escaping @Sendable ([Request]) -> Void = { _ in },
        looked: @escaping @Sendable () -> Void = {}
    ) -> CatchUp {
        CatchUp(
            pool: database.pool, options: Options(gapTimeout: .zero, requestTimeout: .seconds(3600), recordsAtMost: 10),
            environment: Environment(
                reading: { [TopicPartition(topic: "counter.events", partition: 0): buffered] }, partitions: { _ in 1 },
                write: { requests, _ in
                    requested(requests)
                    return requests.map { _ in UUID() }
                },
                onCommit: {}, report: { _ in looked() }),
            logger: RecoveryDatabase.logger)
    }

    /// The requests of a catch-up's first look for gaps.
    static func look(_ database: RecoveryDatabase, buffered: Int = 0) async -> [Request] {
        let requests = Mutex<[Request]>([])
        let (looks, continuation) = AsyncStream.makeStream(of: Void.self)
        let catchUp = test(
            database, buffered: buffered, requested: { more in requests.withLock { $0 += more } }, looked: { continuation.yield() })
        let running = Task { try await catchUp.run() }
        for await _ in looks { break }
        running.cancel()
        _ = await running.result
        return requests.withLock { $0 }
    }
}

@Suite("Requests for missing records", .timeLimit(.minutes(5)))
struct CatchUpTests {
    private static func fill(_ database: RecoveryDatabase) async throws {
        try await database.script(
            """
            insert into inbox_watermark (source, topic, shard, contiguous, beyond, behind_since)
            values ('counter', 'counter.events', 5, 0, '{}', '-infinity'), ('counter', 'counter.events', 3, 7, '{9,10}', now()),
                   ('counter', 'counter.events', 8, 4, '{}', null), ('counter', 'replies', 3, 0, '{}', '-infinity')
            """)
    }

    @Test("one request names every shard that is behind, with its watermark; what is not read here is not requested")
    func shards() async throws {
        try await RecoveryDatabase.with { database in
            try await Self.fill(database)
            let requests = await CatchUp.look(database)
            let expected = Republish(
                topic: "counter.events", places: [Republish.Place(shard: 3, after: 7), Republish.Place(shard: 5, after: 0)],
                recordsAtMost: 10)
            #expect(requests.map(\.source) == ["counter"] && requests.map(\.republish) == [expected])
            #expect(requests.allSatisfy { $0.repeats == nil })
            #expect(await CatchUp.look(database).isEmpty, "the answer is awaited")
        }
    }

    @Test("a repetition names the request that it repeats")
    func repetition() async throws {
        try await RecoveryDatabase.with { database in
            try await Self.fill(database)
            _ = await CatchUp.look(database)
            let first = PostgresStatement("test.first", "select distinct request_id from inbox_watermark where request_id is not null")
            let ids = try await database.pool.withConnection { try await $0.query(first).decode(UUID.self) }
            for _ in 1...2 {
                try await database.script("update inbox_watermark set requested_at = '-infinity' where requested_at is not null")
                #expect(await CatchUp.look(database).compactMap(\.repeats) == ids && ids.count == 1)
            }
            #expect(try await database.number("select requests::bigint from inbox_watermark where shard = 5") == 3)
        }
    }

    /// A request of an hour's timeout, made so many minutes ago.
    private struct Waiting {
        let minutes: Int
        var requests = 1
        var isAnswered = false
        var buffered = 0
        let isDue: Bool
    }

    @Test(
        "each unanswered request doubles the wait, an answer does not; while records are buffered, which may be the answer, it is 64 times as long"
    )
    func waits() async throws {
        let table = [
            Waiting(minutes: 110, isDue: false), Waiting(minutes: 130, isDue: true), Waiting(minutes: 230, requests: 2, isDue: false),
            Waiting(minutes: 250, requests: 2, isDue: true), Waiting(minutes: 3830, requests: 50, isDue: false),
            Waiting(minutes: 3850, requests: 50, isDue: true), Waiting(minutes: 50, requests: 4, isAnswered: true, isDue: false),
            Waiting(minutes: 70, requests: 4, isAnswered: true, isDue: true), Waiting(minutes: 3830, buffered: 1, isDue: false),
            Waiting(minutes: 3850, buffered: 1, isDue: true),
        ]
        try await RecoveryDatabase.with { database in
            for row in table {
                try await database.script(
                    """
                    delete from inbox_watermark;
                    insert into inbox_watermark (source, topic, shard, behind_since, requested_at, request_id, requests)
                    values ('counter', 'counter.events', 3, '-infinity', now() - interval '\(row.minutes) minutes',
                            \(row.isAnswered ? "null" : "gen_random_uuid()"), \(row.requests))
                    """)
                #expect(await CatchUp.look(database, buffered: row.buffered).isEmpty != row.isDue, "\(row)")
            }
        }
    }
}
