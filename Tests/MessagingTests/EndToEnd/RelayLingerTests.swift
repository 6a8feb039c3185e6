import Foundation
import Kafka
import Messages
import TestKit
import Testing

@testable import Messaging

@Suite("Relay with lingering events")
struct RelayLingerTests {
    @Test("while events linger an answer is published at once; a relay that is stopped publishes the events too")
    func linger() async throws {
        var options = MessagingOptions.embeddedBroker
        (options.eventLinger, options.relayLease) = (.seconds(3600), .seconds(60))
        try await MessagingFixture.with(services: ["counter"]) { stage in
            let pool = try await stage.database("counter")
            let producer = try KafkaProducer(stage.kafka, logger: stage.logger)
            try await Wire.with(stage, reading: ["counter.events", Topic.replies]) { wire in
                let relay = try await Relay.test(stage, pool, producer, options: options)
                let running = Task { try await relay.run() }
                try await pool.write([.event("k")])
                try await eventually("the first event is published at once") { try wire.versions(of: "k") == [1] }
                let answer = OutboxDraft(
                    id: UUID(), topic: Topic.replies, key: "k", type: Outcome.type, isVersioned: false, time: Date(), body: Array("{}".utf8)
                )
                try await pool.write([.event("k"), answer])
                relay.signal()
                try await eventually("the answer is published") { wire.records(Topic.replies).count == 1 }
                #expect(try wire.versions(of: "k") == [1])
                running.cancel()
                _ = await running.result
                try await relay.drain(deadline: .seconds(30))
                try await eventually("the event is published") { try wire.versions(of: "k") == [1, 2] }
            }
            await producer.close(deadline: .seconds(2))
        }
    }
}
