import Foundation
import Kafka
import Logging
import Postgres
import TestKit
import Testing
import Toys

@testable import Messaging

@Suite("Default options")
struct DefaultsTests {
    /// The values for a cluster and for the embedded broker.
    @Test("the defaults are for a cluster; the embedded broker has values of its own")
    func table() {
        let (cluster, embedded) = (MessagingOptions(), MessagingOptions.embeddedBroker)
        let table: [(String, AnyHashable, AnyHashable, cluster: AnyHashable, embedded: AnyHashable)] = [
            ("fetchWait", cluster.fetchWait, embedded.fetchWait, Duration.milliseconds(500), Duration.milliseconds(2)),
            ("replyFetchWait", cluster.replyFetchWait, embedded.replyFetchWait, Duration.milliseconds(500), Duration.milliseconds(2)),
            ("produceTimeout", cluster.produceTimeout, embedded.produceTimeout, Duration.seconds(30), Duration.seconds(5)),
            ("relayLease", cluster.relayLease, embedded.relayLease, Duration.seconds(45), Duration.seconds(12)),
            ("sessionTimeout", cluster.sessionTimeout, embedded.sessionTimeout, Duration.seconds(45), Duration.seconds(6)),
            ("linger", cluster.linger, embedded.linger, Duration.milliseconds(5), Duration.zero),
            ("replicationFactor", cluster.replicationFactor, embedded.replicationFactor, 3, 1),
            ("effectiveMinInsyncReplicas", cluster.effectiveMinInsyncReplicas, embedded.effectiveMinInsyncReplicas, 2, 1),
            ("partitionsPerTopic", cluster.partitionsPerTopic, embedded.partitionsPerTopic, 8, 8),
        ]
        for row in table {
            #expect(row.1 == row.cluster, "\(row.0)")
            #expect(row.2 == row.embedded, "\(row.0)")
        }
        #expect(cluster.problems.isEmpty && embedded.problems.isEmpty)
    }

    @Test("a record may wait longer than a broker's session timeout; a lease outlasts that wait by more than a renewal interval")
    func timeouts() {
        let options = MessagingOptions()
        // A quarter is for waiting for room in the queue, and librdkafka checks timeouts once a second.
        #expect(options.produceTimeout * 3 / 4 - .seconds(1) > .seconds(18), "twice the session of a broker, 9 s")
        #expect(options.relayLease - options.relayLease / 5 > options.produceTimeout + .seconds(2))
    }

    @Test(
        "librdkafka accepts the configuration of every client of a service, also with SASL and TLS",
        arguments: [false, true], [MessagingOptions(), .embeddedBroker])
    func loads(isSingleInstance: Bool, options: MessagingOptions) async throws {
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        var options = options
        options.isSingleInstance = isSingleInstance
        options.stopDeadline = .seconds(4)
        let kafka = KafkaConfiguration(
            bootstrapServers: "127.0.0.1:1", clientID: "asker",
            properties: [
                "security.protocol": "sasl_ssl", "sasl.mechanism": "SCRAM-SHA-512", "sasl.username": "asker", "sasl.password": "secret",
                "ssl.ca.location": "/etc/ssl/certs/ca-certificates.crt",
            ])
        let pool = PostgresPool(PostgresConfiguration(host: "127.0.0.1", port: 1, database: "none", user: "none"), logger: logger)
        let runtime = try MessagingRuntime(AskerService.registry, pool: pool, kafka: kafka, options: options, logger: logger)
        let admin = try KafkaAdmin(kafka, logger: logger)
        await admin.close(deadline: .seconds(5))
        var tail = KafkaConsumerOptions(mode: .tail, topics: ["replies"])
        tail.sessionTimeout = options.sessionTimeout
        let consumer = try KafkaConsumer(kafka, options: tail, logger: logger)
        await consumer.close(deadline: .seconds(5))
        let running = Task { try await runtime.run() }
        running.cancel()
        try await running.value
        await pool.close(deadline: .seconds(1))
    }
}
