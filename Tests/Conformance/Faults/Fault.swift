import Messaging
import TestKit

/// Something that goes wrong in a world, and is mended again by itself or by whoever caused it.
protocol Fault: Sendable {
    /// Has it happen. True when it was seen to happen; false when there was no occasion in time.
    func happen(in world: World) async throws -> Bool
}

extension PlannedFault {
    /// The fault that is planned.
    var fault: any Fault {
        switch kind {
        case .killed(let point): DeathAtPoint(role: role, point: point, hit: hit, victim: victim)
        case .instanceKilled: DeathAnywhere(role: role, victim: victim, after: .milliseconds(milliseconds))
        case .instanceJoins: Arrival(role: role, reaches: .received)
        case .instanceLeaves: Departure(role: role, victim: victim)
        case .relayAdded: Arrival(role: role, reaches: .published)
        case .relayKilled: DeathOfRelay(role: role, victim: victim)
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
