import Foundation
import Kafka
import Messages
import Postgres
import TestKit

@testable import Messaging

extension Relay {
    /// A relay of the counter, on the fixture's broker.
    static func test(
        _ stage: MessagingFixture, _ pool: PostgresPool, _ producer: KafkaProducer, holder: UUID = UUID(),
        options: MessagingOptions = .embeddedBroker, health: MessagingHealth = MessagingHealth()
    ) async throws -> Relay {
        try await Relay(
            service: "counter", pool: pool, producer: producer, leases: RelayLeases(holder: holder, pool: pool, term: options.relayLease),
            topics: .shown(to: producer), options: options, health: health, counters: MessagingMetrics(service: "counter"), faults: nil,
            logger: stage.logger)
    }
}

extension OutboxDraft {
    /// An event of the counter.
    static func event(_ key: String, bytes: Int = 2, delay: Duration? = nil) -> OutboxDraft {
        OutboxDraft(
            id: UUID(), topic: "counter.events", key: key, type: MessageType("counter", "amount-added"), isVersioned: true, time: Date(),
            body: Array(repeating: UInt8(ascii: " "), count: bytes), delay: delay)
    }
}

extension PostgresPool {
    /// Writes these drafts to the outbox, in a transaction of their own.
    func write(_ drafts: [OutboxDraft]) async throws {
        try await withTransaction("test.write") { try await OutboxWriter.write(drafts, on: $0) }
    }
}

extension RelayBatch {
    /// The result if every row is published.
    var allPublished: RelayResult {
        RelayResult(self, toPublish.map { _ in .success(KafkaRecordMetadata(partition: 0, offset: 0)) })
    }
}
