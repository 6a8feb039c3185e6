import Foundation
import Kafka
import Messages
import Postgres
import TestKit
import Testing

@testable import Messaging

@Suite("Deferred messages")
struct DeferredMessageTests {
    @Test("a deferred message is published when it is due, later messages of its key after it, and other keys are not delayed")
    func delay() async throws {
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter")
            let producer = try KafkaProducer(stage.kafka, logger: stage.logger)
            try await Wire.with(stage, reading: ["counter.events"]) { wire in
                let relay = try await Relay.test(stage, pool, producer)
                let running = Task { try await relay.run() }
                let other = try #require((0...).lazy.map { "other-\($0)" }.first { Shard.of($0) == Shard.of("late") })
                try await pool.write([.event("late", delay: .seconds(3600)), .event(other)])
                try await pool.write([.event("late"), .event(other)])
                try await eventually("another key of the shard continues") { try wire.versions(of: other) == [1, 2] }
                // The second waits behind the first, as long as that waits.
                let waiting = PostgresStatement(
                    "test.waiting",
                    """
                    select o.version from outbox_deferred d join outbox o using (position)
                    where o.key = 'late' and d.blocked_until between now() + interval '50 minutes' and now() + interval '60 minutes'
                    order by o.version
                    """)
                #expect(try await pool.withConnection { try await $0.query(waiting).decode(Int64.self) } == [1, 2])
                #expect(try wire.versions(of: "late").isEmpty)
                try await pool.withConnection { try await $0.script("update outbox_deferred set blocked_until = now()") }
                relay.signal()
                try await eventually("it is published, and then its successor") { try wire.versions(of: "late") == [1, 2] }
                running.cancel()
                _ = await running.result
            }
            await producer.close(deadline: .seconds(2))
        }
    }
}
