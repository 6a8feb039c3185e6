import Foundation
import Messages
import Synchronization
import TestKit
import Testing

@testable import quan

/// What an operator sets for a Kafka of one broker. It is the embedded broker behind a port, which sleeps while there is nothing to read.
private func settings(_ broker: AdminBroker) -> [String: String] {
    [
        "QUAN_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrapServers, "QUAN_MESSAGING_REPLICATION_FACTOR": "1",
        "QUAN_MESSAGING_FETCH_WAIT": "10ms", "QUAN_MESSAGING_REPLY_FETCH_WAIT": "10ms",
    ]
}

@Suite("An empty Kafka that makes no topic by itself", .serialized)
struct EmptyKafkaTests {
    @Test("no service is ready before its topics are made; when Kafka dies all are red within 10 s, and nothing that was asked is lost")
    func readiness() async throws {
        let allows = Mutex(false)
        let broker = try AdminBroker { _ in allows.withLock { $0 } ? (0, nil) : (44, "Not yet.") }
        let state = "/tmp/quan-empty-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: state) }
        let looking = Task {
            // It is let go on whatever is found, so that the test ends.
            defer { allows.withLock { $0 = true } }
            try await eventually("every service says that its topics were not made", within: .seconds(90)) {
                try await Self.answers(state).allSatisfy {
                    $0.status == 503 && $0.text.contains("topics: Kafka did not make") && $0.text.contains("Not yet.")
                }
            }
        }
        try await TestInstallation.with(["--rehearsal", "--at", "2026-04-01T01:00:00Z"], state: state, settings: settings(broker)) {
            installation in
            try await looking.value
            #expect(Set(broker.made.keys) == Set(PlatformTopic.all.map(\.name)))
            for topic in PlatformTopic.all { #expect(broker.made[topic.name]?.partitions == (topic.isSpread ? 8 : 1), "\(topic.name)") }
            let first = try #require(broker.requests.first)
            #expect(first.count == PlatformTopic.all.count, "all in one request")

            let players = try await Players(installation)
            broker.die()
            let died = ContinuousClock.now
            async let order = players.place()
            try await eventually("every service is red, and names Kafka and its silence", within: .seconds(12)) {
                try await Self.answers(state).allSatisfy {
                    $0.status == 503 && $0.text.contains(/Kafka at 127\.0\.0\.1:\d+ has been silent for \d+ s/)
                }
            }
            #expect(ContinuousClock.now - died < .seconds(10))
            broker.revive()
            try await players.enterprise.waits(for: try await order, toBe: "placed")
            try await eventually("every service is ready again") { try await Self.answers(state).allSatisfy { $0.status == 200 } }
        }
        await broker.close()
    }

    /// What every service says of its readiness; a service that does not answer says nothing.
    private static func answers(_ state: String) async throws -> [(status: Int, text: String)] {
        guard let record = try? PlatformRecord.read(in: state), record.services.count == PlatformService.all.count else { return [(0, "")] }
        return await withTaskGroup(of: (Int, String).self) { group in
            for service in record.services {
                group.addTask {
                    let answer = try? await ServiceHTTP.get(port: service.httpPort, "/health/ready", within: .seconds(3))
                    return (answer?.status ?? 0, String(decoding: answer?.body ?? Data(), as: UTF8.self).replacing("\\/", with: "/"))
                }
            }
            return await group.reduce(into: []) { $0.append((status: $1.0, text: $1.1)) }
        }
    }
}

extension Seasons {
    @Test("a whole season on an empty Kafka makes the topics of the list, asks for no other, and has the totals of any other")
    static func emptyKafka() async throws {
        let broker = try AdminBroker()
        let run = try await SeasonRun.play(settings: settings(broker))
        #expect(run.status == 0, "\(run.said)")
        let listed = Set(PlatformTopic.all.map(\.name))
        #expect(Set(broker.made.keys) == listed)
        #expect(broker.named.isSubset(of: listed), "\(broker.named.subtracting(listed))")
        let undisturbed = try await SeasonRun.undisturbed.value.totals
        #expect(run.totals != nil && run.totals == undisturbed)
        await broker.close()
    }
}
