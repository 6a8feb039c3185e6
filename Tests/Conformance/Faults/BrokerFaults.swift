import Kafka
import Messages
import TestKit

/// A broker disconnects everybody and lets nobody in for a while.
struct BrokerDown: Fault {
    let broker: Int32?
    let duration: Duration

    func happen(in world: World) async throws -> Bool {
        guard let hand = world.broker.hand else { return false }
        try ChildProcess.whileNoneStarts { try hand.setDown(broker: broker) }
        try await Task.sleep(for: duration)
        try hand.setUp(broker: broker)
        return true
    }
}

/// Leaders move, and the next requests are told that they ask the wrong broker, or too early.
struct LeaderMoved: Fault {
    let broker: Int32
    let requests: Int

    /// LEADER_NOT_AVAILABLE, NOT_LEADER_OR_FOLLOWER, REQUEST_TIMED_OUT, NOT_ENOUGH_REPLICAS_AFTER_APPEND.
    private static let produceCodes: [Int32] = [5, 6, 7, 20]

    func happen(in world: World) async throws -> Bool {
        guard let hand = world.broker.hand else { return false }
        for topic in Role.allCases.flatMap(\.topicsRead) {
            for partition in 0..<Int32(WorldBroker.partitions) where (partition + broker) % 2 == 0 {
                try hand.setLeader(of: TopicPartition(topic: topic, partition: partition), broker: broker)
            }
        }
        for _ in 0..<requests { try hand.pushErrors(api: .produce, codes: Self.produceCodes) }
        try hand.pushErrors(api: .fetch, codes: [6, 6])
        return true
    }
}

/// A broker answers late for a while.
struct SlowBroker: Fault {
    let broker: Int32?
    let roundTrip: Duration
    let duration: Duration

    func happen(in world: World) async throws -> Bool {
        guard let hand = world.broker.hand else { return false }
        try hand.setRoundTrip(roundTrip, broker: broker)
        try await Task.sleep(for: duration)
        try hand.setRoundTrip(.zero, broker: broker)
        return true
    }
}
