import Foundation
import Kafka
import Logging
import Messages
import Messaging
import Operations
import TestKit
import Testing

/// A poisoned key must not block other keys, on real services that are killed in the meantime.
@Suite("A poisoned key", .serialized)
struct PoisonedKeyTests {
    private static let poisoned = "poisoned"

    @Test("a key at its limit blocks no other key, and after a redrive none of its messages is lost, duplicated or out of order")
    func redrive() async throws {
        let submitter = CommandSubmitter(seed: 2) { number, _ in
            PlannedCommand(number: number, counter: number.isMultiple(of: 2) ? Self.poisoned : "c\(number % 3)", amount: 1)
        }
        let testbed = try await Testbed.start(
            "poisoned", on: .embedded, submitter: submitter, poison: Self.poisoned, instancesPerService: 1)
        do {
            for instances in testbed.allInstanceGroups { try await instances.startMissing() }
            for _ in 0..<3 {
                let before = try await arrived(in: testbed)
                testbed.submit(40)
                // The processes are killed in the middle of their work.
                try await eventually("ten more events are applied or parked") { try await arrived(in: testbed) >= before + 10 }
                for instances in testbed.allInstanceGroups {
                    try await instances.killAll()
                    try await instances.startMissing()
                }
                submitter.resubmit(to: testbed.instances(of: .asker).alive)
            }
            try await waitForOtherKeys(in: testbed)
            try testbed.removePoison()
            let dropped = try await redriveAll(in: testbed)
            #expect(dropped > 0, "the limit was reached")
            let found = try await testbed.violationsAtQuiescence()
            #expect(found.isEmpty, "\(found.prefix(5))")
            await testbed.close(keepingLogs: !found.isEmpty)
        } catch {
            await testbed.close(keepingLogs: true)
            throw error
        }
    }

    /// The number of events that the asker has applied or parked.
    private func arrived(in testbed: Testbed) async throws -> Int64 {
        try await testbed.databases.number(.asker, "select (select count(*) from seen) + (select count(*) from parked)")
    }

    /// Waits until all violations are caused by the poisoned key, and checks that there are some.
    private func waitForOtherKeys(in testbed: Testbed) async throws {
        var last: [Violation] = []
        let areDone = try await poll(.seconds(90), every: .milliseconds(300)) { () -> Bool? in
            for instances in testbed.allInstanceGroups { try await instances.startMissing() }
            testbed.submitter.resubmit(to: testbed.instances(of: .asker).alive)
            guard testbed.submitter.outstandingCount == 0 else { return nil }
            last = try await testbed.violations().filter { !Self.isCausedByPoison($0) }
            return last.isEmpty ? true : nil
        }
        #expect(areDone == true, "\(last.prefix(5))")
        #expect(try await testbed.violations().contains { if case .effectMissing = $0 { true } else { false } })
    }

    private static func isCausedByPoison(_ violation: Violation) -> Bool {
        switch violation {
        case .effectMissing(let counter, _): counter == poisoned
        case .waiting(_, let what, _): ["parked messages", "blocked keys"].contains(what)
        default: false
        }
    }

    /// Redrives every blocked key. Returns the number of messages that had been dropped.
    private func redriveAll(in testbed: Testbed) async throws -> Int64 {
        let kafka = KafkaConfiguration(bootstrapServers: testbed.broker.bootstrapServers, clientID: "operator")
        let link = try await OperatorLink(
            source: "operator", kafka: kafka, logger: Logger(label: "operator") { _ in SwiftLogNoOpLogHandler() })
        do {
            let listed = try await link.ask(ListParked(rowsAtMost: 500), of: "asker", key: "parked", within: .seconds(60))
            let answer = try MessageBody.decode(ListParked.Answer.self, from: Array((listed.result ?? "").utf8))
            for row in answer.rows where row.isHead {
                _ = try await link.ask(RedriveParked(parkedID: row.parkedID), of: "asker", key: "parked", within: .seconds(60))
            }
            await link.close()
            return answer.rows.reduce(0) { $0 + ($1.dropped ?? 0) }
        } catch {
            await link.close()
            throw error
        }
    }
}
