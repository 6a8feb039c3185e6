import Messaging
import TestKit

/// A temporary fault in a test bed.
protocol Fault: Sendable {
    /// Injects the fault. Returns whether it happened; false if it did not within its timeout.
    func inject(into testbed: Testbed) async throws -> Bool
}

extension PlannedFault {
    /// The planned fault.
    var fault: any Fault {
        switch kind {
        case .killed(let point): KilledAtPoint(role: role, point: point, hit: hit, victim: victim)
        case .instanceKilled: InstanceKilled(role: role, victim: victim, after: .milliseconds(milliseconds))
        case .instanceJoins: InstanceAdded(role: role, reaches: .received)
        case .instanceLeaves: InstanceLeft(role: role, victim: victim)
        case .relayAdded: InstanceAdded(role: role, reaches: .published)
        case .relayKilled: RelayKilled(role: role, victim: victim)
        case .backendKilled: SessionEnd(role: role, victim: victim, isCrash: false)
        case .backendCrashed: SessionEnd(role: role, victim: victim, isCrash: true)
        case .serverRestarted: ServerRestart(mode: .fast)
        case .serverCrashed: ServerRestart(mode: .immediate)
        case .brokerDown: BrokerDown(broker: broker, duration: .milliseconds(milliseconds))
        case .notLeader: LeaderMoved(broker: broker ?? 1, requests: hit)
        case .slowBroker: SlowBroker(broker: broker, roundTrip: .milliseconds(milliseconds / 3), duration: .milliseconds(milliseconds * 2))
        case .logEvicted: LogEvicted(role: role)
        case .logWiped: LogWiped()
        }
    }
}
