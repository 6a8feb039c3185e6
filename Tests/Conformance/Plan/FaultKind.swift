import Messaging

/// The kinds of faults.
enum FaultKind: Hashable, Sendable {
    /// A process is killed when it reaches this point.
    case killed(at: FaultPoint)
    /// A process is killed at any moment.
    case instanceKilled
    /// An additional consumer joins its group.
    case instanceJoins
    /// A consumer leaves its group gracefully.
    case instanceLeaves
    /// An additional relay shares a service's shards.
    case relayAdded
    /// A relay that has published is killed while it holds leases.
    case relayKilled
    /// A session of the database is ended.
    case backendKilled
    /// A session's process is killed, so that PostgreSQL ends all sessions and recovers.
    case backendCrashed
    /// PostgreSQL is stopped and restarted.
    case serverRestarted
    /// PostgreSQL crashes and is restarted.
    case serverCrashed
    /// One broker or all brokers are down for a while.
    case brokerDown
    /// Partition leaders move, and requests get errors because of it.
    case notLeader
    /// A broker answers slowly.
    case slowBroker
    /// A service is restarted after the log has dropped records that it has not read.
    case logEvicted
    /// The brokers are restarted without any data, including committed offsets.
    case logWiped

    static let all: [FaultKind] =
        FaultPoint.allCases.map { .killed(at: $0) } + [
            .instanceKilled, .instanceJoins, .instanceLeaves, .relayAdded, .relayKilled, .backendKilled, .backendCrashed, .serverRestarted,
            .serverCrashed, .brokerDown, .notLeader, .slowBroker, .logEvicted, .logWiped,
        ]

    /// What a fault affects. Faults on different targets happen concurrently.
    enum Target: Hashable, Sendable { case processes, database, broker, everything }

    var target: Target {
        switch self {
        case .killed, .instanceKilled, .instanceJoins, .instanceLeaves, .relayAdded, .relayKilled: .processes
        case .backendKilled, .backendCrashed, .serverRestarted, .serverCrashed: .database
        case .brokerDown, .notLeader, .slowBroker: .broker
        case .logEvicted, .logWiped: .everything
        }
    }

    /// Whether the fault needs control of the broker, which is possible only for the embedded broker.
    var needsEmbeddedBroker: Bool {
        switch self {
        case .brokerDown, .notLeader, .slowBroker, .logWiped: true
        default: false
        }
    }

    /// The relative frequency of the kind in a plan.
    var weight: Int {
        switch self {
        case .killed: 22
        case .instanceKilled, .instanceJoins, .instanceLeaves: 24
        case .relayAdded, .relayKilled: 20
        case .backendKilled, .notLeader: 50
        case .brokerDown, .slowBroker: 44
        case .backendCrashed, .serverRestarted, .serverCrashed, .logEvicted: 12
        case .logWiped: 8
        }
    }

    var name: String {
        switch self {
        case .killed(let point): "killed at \(point.rawValue)"
        case .instanceKilled: "instance killed"
        case .instanceJoins: "instance joins"
        case .instanceLeaves: "instance leaves"
        case .relayAdded: "relay added"
        case .relayKilled: "relay killed"
        case .backendKilled: "database session ended"
        case .backendCrashed: "database session crashed"
        case .serverRestarted: "database restarted"
        case .serverCrashed: "database crashed"
        case .brokerDown: "broker down"
        case .notLeader: "not the leader"
        case .slowBroker: "slow broker"
        case .logEvicted: "log evicted"
        case .logWiped: "log wiped"
        }
    }
}
