import Foundation
import TestKit
import Testing

@testable import Postgres

@Suite("The LISTEN connection")
struct ListenerTests {
    private static let notify = PostgresStatement("notify", "select pg_notify($1, '')::text")

    @Test("a notification causes a hint on its channel only, and the hints end with the task", .timeLimit(.minutes(2)))
    func hints() async throws {
        try await withPool { pool in
            let listener = PostgresListener(pool.configuration, channels: ["Outbox", "timers"], logger: quietLogger)
            var outbox = listener.hints(on: "Outbox").makeAsyncIterator()
            var timers = listener.hints(on: "timers").makeAsyncIterator()
            let run = Task { await listener.run() }
            #expect(await outbox.next() == "Outbox", "each channel gets one hint when it is connected")
            #expect(await timers.next() == "timers")
            for _ in 0..<5 { try await pool.withConnection { _ = try await $0.query(Self.notify, "Outbox") } }
            #expect(await outbox.next() == "Outbox")
            run.cancel()
            await run.value
            while let hint = await outbox.next() { #expect(hint == "Outbox") }
            #expect(await timers.next() == nil)
        }
    }

    @Test("a lost connection is reopened, with a hint for missed notifications", .timeLimit(.minutes(2)))
    func reconnects() async throws {
        let server = try await PrivatePostgres.shared()
        try await withPool { pool in
            let listener = PostgresListener(pool.configuration, channels: ["outbox"], logger: quietLogger)
            var hints = listener.hints(on: "outbox").makeAsyncIterator()
            let run = Task { await listener.run() }
            #expect(await hints.next() == "outbox")
            let find = PostgresStatement(
                "find", "select pid from pg_stat_activity where datname = current_database() and query like 'listen%'")
            let pid = try await pool.withConnection { try await $0.query(find).decode(Int32.self) }
            server.killBackend(try #require(pid.first))
            #expect(await hints.next() == "outbox")
            run.cancel()
            await run.value
        }
    }
}
