import Kafka
import Messages
import TestKit

/// A broker closes all connections and accepts none for a while.
struct BrokerDown: Fault {
    let broker: Int32?
    let duration: Duration

    func inject(into testbed: Testbed) async throws -> Bool {
        guard let embedded = testbed.broker.embedded else { return false }
        try await ChildProcess.withoutSpawning { try embedded.setDown(broker: broker) }
        try await Task.sleep(for: duration)
        try embedded.setUp(broker: broker)
        return true
    }
}

/// Partition leaders move, and the next requests get errors for a wrong or unavailable leader.
struct LeaderMoved: Fault {
    let broker: Int32
    let requests: Int

    /// LEADER_NOT_AVAILABLE, NOT_LEADER_OR_FOLLOWER, REQUEST_TIMED_OUT, NOT_ENOUGH_REPLICAS_AFTER_APPEND.
    private static let produceCodes: [Int32] = [5, 6, 7, 20]

    func inject(into testbed: Testbed) async throws -> Bool {
        guard let embedded = testbed.broker.embedded else { return false }
        for topic in Role.allCases.flatMap(\.topicsRead) {
            for partition in 0..<Int32(TestbedBroker.partitions) where (partition + broker) % 2 == 0 {
                try embedded.setLeader(of: TopicPartition(topic: topic, partition: partition), broker: broker)
            }
        }
        for _ in 0..<requests { try embedded.pushErrors(api: .produce, codes: Self.produceCodes) }
        try embedded.pushErrors(api: .fetch, codes: [6, 6])
        return true
    }
}

/// A broker answers slowly for a while.
struct SlowBroker: Fault {
    let broker: Int32?
    let roundTrip: Duration
    let duration: Duration

    func inject(into testbed: Testbed) async throws -> Bool {
        guard let embedded = testbed.broker.embedded else { return false }
        try embedded.setRoundTrip(roundTrip, broker: broker)
        try await Task.sleep(for: duration)
        try embedded.setRoundTrip(.zero, broker: broker)
        return true
    }
}
