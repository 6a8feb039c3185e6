import Foundation
import Messages
import Synchronization
import TestKit
import Testing

@testable import Operations

/// An operator's settings for a Kafka of one broker, here the embedded broker behind a proxy.
private func settings(_ broker: AdminBroker) -> [String: String] {
    [
        "QUAN_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrapServers, "QUAN_MESSAGING_REPLICATION_FACTOR": "1",
        "QUAN_MESSAGING_FETCH_WAIT": "10ms", "QUAN_MESSAGING_REPLY_FETCH_WAIT": "10ms",
    ]
}

@Suite("An empty Kafka without automatic topic creation", .serialized)
struct EmptyKafkaTests {
    @Test("no service is ready before its topics exist, or after Kafka has failed; no request is lost")
    func readiness() async throws {
        let allows = Mutex(false)
        let broker = try AdminBroker { _ in allows.withLock { $0 } ? (0, nil) : (44, "Not yet.") }
        let state = "/tmp/quan-empty-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: state) }
        let checking = Task {
            // Topics are allowed whatever the result, so that the test ends.
            defer { allows.withLock { $0 = true } }
            try await eventually("every service reports that its topics were not created", within: .seconds(90)) {
                try await Self.answers(state).allSatisfy {
                    $0.status == 503 && $0.text.contains("topics: Kafka did not create") && $0.text.contains("Not yet.")
                }
            }
        }
        try await TestInstallation.with(["--rehearsal", "--at", "2026-04-01T01:00:00Z"], state: state, settings: settings(broker)) {
            installation in
            try await checking.value
            #expect(Set(broker.createdTopics.keys) == Set(PlatformTopic.all.map(\.name)))
            for topic in PlatformTopic.all {
                #expect(broker.createdTopics[topic.name]?.partitions == (topic.isSpread ? 8 : 1), "\(topic.name)")
            }
            let first = try #require(broker.requests.first)
            #expect(first.count == PlatformTopic.all.count, "all in one request")

            let participants = try await TestParticipants(installation)
            broker.goDown()
            async let order = participants.place()
            try await eventually("no service is ready, and each reports how long Kafka has been silent") {
                try await Self.answers(state).allSatisfy {
                    $0.status == 503 && $0.text.contains(/Kafka at 127\.0\.0\.1:\d+ has been silent for \d+ s/)
                }
            }
            broker.comeUp()
            try await participants.enterprise.wait(for: try await order, toBe: "placed")
            try await eventually("every service is ready again") { try await Self.answers(state).allSatisfy { $0.status == 200 } }
        }
        await broker.close()
    }

    /// The readiness answer of every service; status 0 and no text for a service that does not answer.
    private static func answers(_ state: String) async throws -> [(status: Int, text: String)] {
        guard let record = try? PlatformRecord.read(in: state), record.services.count == PlatformService.all.count else { return [(0, "")] }
        return await withTaskGroup(of: (Int, String).self) { group in
            for service in record.services {
                group.addTask {
                    let answer = try? await ServiceHTTP.get(port: service.httpPort, "/health/ready", within: .seconds(3))
                    return (answer?.status ?? 0, String(decoding: answer?.body ?? Data(), as: UTF8.self))
                }
            }
            return await group.reduce(into: []) { $0.append((status: $1.0, text: $1.1)) }
        }
    }
}

extension Seasons {
    @Test("a season on an empty Kafka creates exactly the topics of the list and has the totals of an undisturbed season")
    static func emptyKafka() async throws {
        let broker = try AdminBroker()
        let run = try await SeasonRun.run(settings: settings(broker))
        #expect(run.status == 0, "\(run.output)")
        let listed = Set(PlatformTopic.all.map(\.name))
        #expect(Set(broker.createdTopics.keys) == listed)
        #expect(broker.requestedTopicNames.isSubset(of: listed), "\(broker.requestedTopicNames.subtracting(listed))")
        let undisturbed = try await SeasonRun.undisturbed.value.totals
        #expect(run.totals != nil && run.totals == undisturbed)
        await broker.close()
    }
}
